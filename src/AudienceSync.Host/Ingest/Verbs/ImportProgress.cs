using System.Globalization;
using AudienceSync.Host.Ingest.Importing;
using Spectre.Console;

namespace AudienceSync.Host.Ingest.Verbs;

/// <summary>The progress of an import, on a terminal only: a log keeps the summary.</summary>
internal static class ImportProgress
{
    public static Task<ImportReport> RunAsync(TextWriter error, Func<Action<long, long, long>, Task<ImportReport>> import)
    {
        if (!ReferenceEquals(error, Console.Error) || Console.IsErrorRedirected)
        {
            return import(static (_, _, _) => { });
        }

        return AnsiConsole
            .Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) })
            .Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(progress =>
            {
                var shown = progress.AddTask("import");
                return import(
                    (position, length, records) =>
                    {
                        shown.MaxValue = Math.Max(1, length);
                        shown.Value = position;
                        shown.Description = string.Create(CultureInfo.InvariantCulture, $"{records:N0} records");
                    }
                );
            });
    }
}
