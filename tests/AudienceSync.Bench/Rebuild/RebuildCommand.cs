using System.CommandLine;
using System.Globalization;
using AudienceSync.Bench.Processes;
using AudienceSync.Bench.Reporting;
using AudienceSync.Host.Projection.Rebuilding;

namespace AudienceSync.Bench.Rebuild;

/// <summary>
/// <c>./bench rebuild</c>: membership recomputed from the log, compared with one SQL statement that does as much of it as SQL can.
/// </summary>
internal static class RebuildCommand
{
    private const double EventsGoal = 250_000;
    private const double LargeEventsGoal = 125_000;
    private const int LargeLog = 5_000_000;
    private const double MemoryGoalMb = 1_000;

    private static readonly Option<int> Events = NumberOption.Of("--events", "Events in the log", 1_000_000, 100_000_000);
    private static readonly Option<int> Members = NumberOption.Of("--members", "People in these events", 500_000, 50_000_000);
    private static readonly Option<bool> Consent = new("--consent")
    {
        Description = "Every event grants consent, so that permissions are rebuilt for every person, too",
    };

    public static Command Build()
    {
        var command = new Command("rebuild", "Events per second in a full rebuild of membership, compared with one SQL statement")
        {
            Events,
            Members,
            Consent,
        };
        command.SetAction(
            (parsed, cancel) =>
                BenchRun.RunAsync(
                    () => RunAsync(new RebuildLoad(parsed.GetValue(Events), parsed.GetValue(Members), parsed.GetValue(Consent)), cancel),
                    cancel
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(RebuildLoad load, CancellationToken cancel)
    {
        using var folder = new RunFolder(RepositoryRoot.Find());
        await using var log = await RebuildLog.MakeAsync(folder, load, cancel);
        var limit = await log.OneStatementAsync(cancel);
        var (firstPhases, againPhases) = (new PhaseTimes(), new PhaseTimes());
        var first = await log.RebuildAsync(firstPhases, cancel);
        var wrong = await log.WrongRowsAsync(cancel);
        // Once more over live rows: all of them are compared.
        var again = await log.RebuildAsync(againPhases, cancel);
        var memory = ProcFs.PeakRssMb(Environment.ProcessId);
        var goal = load.Events >= LargeLog ? LargeEventsGoal : EventsGoal;
        return new BenchReport(
            "rebuild",
            [
                new("events_per_s", Math.Round(load.Events / first.Seconds), "1/s", goal, Math.Round(load.Events / limit)),
                new("wrong_rows", wrong, "rows", 0, IsCeiling: true),
                new("host_rss_mb", Math.Round(memory), "MB", MemoryGoalMb, IsCeiling: true),
                new("again_events_per_s", Math.Round(load.Events / again.Seconds), "1/s", null, Math.Round(load.Events / limit)),
                new("again_different_rows", again.Drift.Different + again.Rechecked, "rows", 0, IsCeiling: true),
            ],
            [
                ("events, members", Text($"{load.Events:N0}, {first.Rows:N0}")),
                ("consent in every event", load.Consent ? "yes" : "no"),
                ("passes over the log", Text($"{first.Passes}")),
                ("one SQL statement, s", Text($"{limit:N2}")),
                ("rebuild, s: into nothing, over live rows", Text($"{first.Seconds:N2}, {again.Seconds:N2}")),
                ("into nothing, ms", firstPhases.ToString()),
                ("over live rows, ms", againPhases.ToString()),
            ]
        ).Print();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The input of the rebuild.</summary>
internal sealed record RebuildLoad(int Events, int Members, bool Consent);
