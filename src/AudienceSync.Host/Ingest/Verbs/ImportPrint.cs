using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Cli;
using AudienceSync.Host.Ingest.Importing;

namespace AudienceSync.Host.Ingest.Verbs;

/// <summary>Prints the summary of an import.</summary>
internal static class ImportPrint
{
    public static async Task PrintAsync(ImportReport report, TextWriter output, bool json, bool isDryRun)
    {
        var counts = report.Counts;
        if (json)
        {
            await output.WriteLineAsync(
                JsonSerializer.Serialize(
                    new
                    {
                        report.Read,
                        counts.Accepted,
                        counts.Duplicates,
                        counts.Quarantined,
                        counts.Refused,
                        counts.WithWarnings,
                        report.ResumedAt,
                        Finished = report.IsFinished,
                        DryRun = isDryRun,
                        Seconds = Math.Round(report.Seconds, 3),
                        report.RejectedFile,
                        report.IgnoredColumns,
                    },
                    CliText.Json
                )
            );
            return;
        }

        if (report.ResumedAt > 0)
        {
            await output.WriteLineAsync(Text($"Continued after record {report.ResumedAt:N0}."));
        }

        if (report.IgnoredColumns.Count > 0)
        {
            await output.WriteLineAsync($"Columns that fill no field: {string.Join(", ", report.IgnoredColumns)}.");
        }

        await output.WriteLineAsync(
            Text($"{(isDryRun ? "Would import" : "Imported")}: {report.Read:N0} read, {counts.Accepted:N0} accepted, ")
                + Text($"{counts.Duplicates:N0} duplicates, {counts.Quarantined:N0} quarantined, {counts.Refused:N0} refused, ")
                + Text($"{counts.WithWarnings:N0} with warnings, in {report.Seconds:N1} s.")
        );
        if (report.RejectedFile is { } rejected)
        {
            await output.WriteLineAsync($"Not accepted, by line and code: {rejected}");
        }

        if (!report.IsFinished)
        {
            await output.WriteLineAsync("Stopped before the end of the file: the same command continues.");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
