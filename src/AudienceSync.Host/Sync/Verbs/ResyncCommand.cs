using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Host.Cli;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Holds;
using AudienceSync.Host.Sync.Resyncs;
using Spectre.Console;

namespace AudienceSync.Host.Sync.Verbs;

/// <summary>
/// <c>sync resync</c>: resends the adds of all members that should be in a remote audience, and the removals of those that were and should
/// not be.
/// </summary>
internal static class ResyncCommand
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(500);

    private static readonly Argument<string> Name = new("NAME") { Description = "Ad account, by its name in audiencesync.yaml." };
    private static readonly Option<string> Remote = new("--remote") { Description = "Only this remote audience, by its platform id." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Only print what would be sent." };
    private static readonly Option<bool> Cancel = new("--cancel") { Description = "Cancel running resyncs instead." };
    private static readonly Option<bool> Wait = new("--wait")
    {
        Description = "Wait until the resync has finished, and show its progress.",
    };

    private static readonly Option<string> By = new("--by")
    {
        Description = "Author of the request; defaults to the user of this process.",
    };

    private static readonly Option<string> Why = new("--why") { Description = "Reason, recorded with the request." };
    private static readonly Option<string> Workspace = Arguments.Workspace();
    private static readonly Option<bool> Json = new("--json") { Description = "Output as JSON." };

    public static Command Create(Func<string, string?> environment)
    {
        var resync = new Command("resync", "Resend all adds and removals of a remote audience. Executed by the running Host.")
        {
            Name,
            Remote,
            DryRun,
            Cancel,
            Wait,
            By,
            Why,
            Workspace,
            Json,
        };
        resync.SetAction(
            (parsed, cancellationToken) =>
                DatabaseVerb.RunAsync(
                    parsed,
                    environment,
                    async connectionString =>
                    {
                        await using var database = new WorkspaceDatabase(
                            connectionString,
                            new WorkspaceName(parsed.GetRequiredValue(Workspace))
                        );
                        return await RunAsync(
                            parsed,
                            new OperatorHolds(database, TimeProvider.System),
                            environment("USER") ?? "cli",
                            cancellationToken
                        );
                    },
                    cancellationToken
                )
        );
        return resync;
    }

    private static async Task<int> RunAsync(ParseResult parsed, OperatorHolds holds, string user, CancellationToken cancellationToken)
    {
        var output = parsed.InvocationConfiguration.Output;
        var place = (parsed.GetRequiredValue(Name), parsed.GetValue(Remote));
        if (parsed.GetValue(Cancel))
        {
            var canceled = await holds.CancelResyncAsync(place.Item1, place.Item2, cancellationToken);
            await output.WriteLineAsync($"Canceled {canceled}.");
            return ExitCodes.Done;
        }

        var (answer, plans) = await holds.ResyncAsync(
            place,
            parsed.GetValue(DryRun),
            parsed.GetValue(By) ?? user,
            parsed.GetValue(Why),
            cancellationToken
        );
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
            output.WriteLine(JsonSerializer.Serialize(new { lists = plans }, CliText.Json));
            return;
        }

        TextTable.Print(
            output,
            ["remote", "key", "adds", "removals"],
            plans.Select(plan =>
                new[]
                {
                    plan.Remote,
                    plan.Key,
                    plan.Adds.ToString(CultureInfo.InvariantCulture),
                    plan.Removals.ToString(CultureInfo.InvariantCulture),
                }
            )
        );
    }

    private static Task WaitAsync(
        InvocationConfiguration console,
        OperatorHolds holds,
        (string Destination, string? Remote) place,
        CancellationToken cancellationToken
    ) =>
        AnsiConsole
            .Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(console.Error) })
            .Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var shown = new Dictionary<long, ProgressTask>();
                while (true)
                {
                    var running = (await holds.ReadResyncsAsync(cancellationToken))
                        .Where(one =>
                            one.Destination == place.Destination
                            && (place.Remote is null || one.Remote == place.Remote)
                            && (one.State == "running" || shown.ContainsKey(one.Resync))
                        )
                        .ToList();
                    foreach (var one in running)
                    {
                        Show(shown.TryGetValue(one.Resync, out var task) ? task : shown[one.Resync] = progress.AddTask(one.Remote), one);
                    }

                    if (running.TrueForAll(one => one.State != "running"))
                    {
                        return;
                    }

                    await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
                }
            });

    private static void Show(ProgressTask task, ResyncView resync)
    {
        task.MaxValue = Math.Max(1, resync.Planned);
        task.Value = resync.State == "running" ? Math.Min(resync.Sent, task.MaxValue) : task.MaxValue;
        task.Description = $"{resync.Remote} {resync.Sent:N0} of {resync.Planned:N0} {resync.State}";
    }
}
