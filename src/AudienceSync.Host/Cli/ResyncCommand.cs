using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Holding;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Status;
using Spectre.Console;

namespace AudienceSync.Host.Cli;

/// <summary><c>sync resync</c>: says anew everybody who should be on a list, and everybody who was and should not be.</summary>
internal static class ResyncCommand
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(500);

    private static readonly Argument<string> Name = new("NAME") { Description = "The ad account, as audiencesync.yaml names it." };
    private static readonly Option<string> Remote = new("--remote") { Description = "Only this remote audience, by the platform's id." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only say what it comes to." };
    private static readonly Option<bool> Cancel = new("--cancel") { Description = "End what runs instead." };
    private static readonly Option<bool> Wait = new("--wait") { Description = "Stay until it is finished, and show how far it is." };
    private static readonly Option<string> By = new("--by") { Description = "Who does it; the user of this process when left out." };
    private static readonly Option<string> Why = new("--why") { Description = "The reason; it is kept." };
    private static readonly Option<string> Workspace = Arguments.Workspace();
    private static readonly Option<bool> Json = new("--json") { Description = "Answer as JSON." };

    public static Command Create(Func<string, string?> environment)
    {
        var resync = new Command("resync", "Say a list anew: add again who should be there, remove again who was and should not. The running Host does it.")
        {
            Name, Remote, DryRun, Cancel, Wait, By, Why, Workspace, Json,
        };
        resync.SetAction((parsed, cancellationToken) => DatabaseVerb.RunAsync(parsed, environment, async connectionString =>
        {
            await using var database = new WorkspaceDatabase(connectionString, new WorkspaceName(parsed.GetRequiredValue(Workspace)));
            return await RunAsync(parsed, new OperatorHolds(database, TimeProvider.System), environment("USER") ?? "cli", cancellationToken);
        }, cancellationToken));
        return resync;
    }

    private static async Task<int> RunAsync(ParseResult parsed, OperatorHolds holds, string user, CancellationToken cancellationToken)
    {
        var output = parsed.InvocationConfiguration.Output;
        var place = (parsed.GetRequiredValue(Name), parsed.GetValue(Remote));
        if (parsed.GetValue(Cancel))
        {
            var cancelled = await holds.CancelResyncAsync(place.Item1, place.Item2, cancellationToken);
            await output.WriteLineAsync($"Cancelled {cancelled}.");
            return ExitCodes.Done;
        }

        var (answer, plans) = await holds.ResyncAsync(place, parsed.GetValue(DryRun), parsed.GetValue(By) ?? user, parsed.GetValue(Why), cancellationToken);
        if (HoldCommands.Refusal(answer) is { } line)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync($"audiencesync: {line}");
            return ExitCodes.Failed;
        }

        Print(output, plans, parsed.GetValue(Json));
        if (parsed.GetValue(Wait) && !parsed.GetValue(DryRun))
        {
            await WaitAsync(parsed.InvocationConfiguration, holds, place, cancellationToken);
        }

        return ExitCodes.Done;
    }

    private static void Print(TextWriter output, IReadOnlyList<ResyncPlan> plans, bool json)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new { lists = plans }, MembersPrint.Json));
            return;
        }

        TextTable.Print(output, ["list", "key", "added again", "removed again"], plans.Select(plan => new[]
        {
            plan.Remote, plan.Key, plan.Adds.ToString(CultureInfo.InvariantCulture), plan.Removals.ToString(CultureInfo.InvariantCulture),
        }));
    }

    private static Task WaitAsync(InvocationConfiguration console, OperatorHolds holds, (string Destination, string? Remote) place, CancellationToken cancellationToken) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Error) }).Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var shown = new Dictionary<long, ProgressTask>();
                while (true)
                {
                    var running = (await holds.ReadResyncsAsync(cancellationToken))
                        .Where(one => one.Destination == place.Destination && (place.Remote is null || one.Remote == place.Remote) && (one.State == "running" || shown.ContainsKey(one.Resync)))
                        .ToList();
                    foreach (var one in running)
                    {
                        Show(shown.TryGetValue(one.Resync, out var task) ? task : shown[one.Resync] = progress.AddTask(one.Remote), one);
                    }

                    if (running.TrueForAll(one => one.State != "running"))
                    {
                        return;
                    }

                    await Task.Delay(LookAgain, TimeProvider.System, cancellationToken);
                }
            });

    private static void Show(ProgressTask task, ResyncView resync)
    {
        task.MaxValue = Math.Max(1, resync.Planned);
        task.Value = resync.State == "running" ? Math.Min(resync.Sent, task.MaxValue) : task.MaxValue;
        task.Description = $"{resync.Remote} {resync.Sent:N0} of {resync.Planned:N0} {resync.State}";
    }
}
