using System.CommandLine;
using System.Globalization;
using AudienceSync.Bench.Processes;
using AudienceSync.Bench.Rebuild;
using AudienceSync.Bench.Reporting;

namespace AudienceSync.Bench.Project;

/// <summary>
/// <c>./bench project</c>: how fast the projection catches up with a log, compared with Marten's async daemon that writes the same rows and
/// with SQL that does it in the database. One after the other, in the same cluster.
/// </summary>
internal static class ProjectCommand
{
    private const double DaemonMultiple = 2;

    private static readonly Option<int> Events = NumberOption.Of("--events", "Events in the log", 500_000, 20_000_000);
    private static readonly Option<int> Members = NumberOption.Of("--members", "People in these events", 250_000, 10_000_000);

    public static Command Build()
    {
        var command = new Command("project", "Events per second of the live projection, compared with Marten's daemon and with SQL")
        {
            Events,
            Members,
        };
        command.SetAction(
            (parsed, cancel) => BenchRun.RunAsync(() => RunAsync(parsed.GetValue(Events), parsed.GetValue(Members), cancel), cancel)
        );
        return command;
    }

    private static async Task<int> RunAsync(int events, int members, CancellationToken cancel)
    {
        using var folder = new RunFolder(RepositoryRoot.Find());
        Report("writing the log");
        await using var log = await RebuildLog.MakeAsync(folder, new RebuildLoad(events, members, Consent: false), cancel);
        Report("our loop");
        var own = await OwnLoop.RunAsync(log, events, TimeProvider.System, cancel);
        Report("SQL upserts");
        var limit = await UpsertLimit.RunAsync(log, events, cancel);
        Report("Marten's daemon");
        var daemon = await DaemonRun.RunAsync(log, events, TimeProvider.System, cancel);
        var wrong = await log.ScalarAsync(ProjectionTables.Different(ProjectionTables.Limit), cancel);
        var daemonWrong = await log.ScalarAsync(ProjectionTables.Different(ProjectionTables.Daemon), cancel);
        return new BenchReport(
            "project",
            [
                new(
                    "events_per_s",
                    Math.Round(events / own),
                    "1/s",
                    Math.Round(DaemonMultiple * events / daemon),
                    Math.Round(events / limit)
                ),
                new("times_daemon", Math.Round(daemon / own, 2), "x", DaemonMultiple),
                new("different_rows", wrong + daemonWrong, "rows", 0, IsCeiling: true),
                new("daemon_events_per_s", Math.Round(events / daemon), "1/s"),
                new("upsert_events_per_s", Math.Round(events / limit), "1/s"),
            ],
            [
                ("events, members", Text($"{events:N0}, {members:N0}")),
                ("s: our loop, SQL, daemon", Text($"{own:N2}, {limit:N2}, {daemon:N2}")),
            ]
        ).Print();
    }

    private static void Report(string message) => Console.Error.WriteLine($"bench: {message}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
