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

    private static readonly Option<bool> Holdout = new("--holdout") { Description = "An experiment holds out a tenth of each audience" };

    // It has started before the loop does.
    private const string StartSql = """
        insert into experiments (audience, name, salt, treatment_share, holdout_share, starts_at, phase)
        select distinct audience, 'bench', 'bench', 9000, 1000, now(), 2 from audience_keys
        """;

    // The others know of no experiment.
    private const string CompareSql = "update membership set state = 1 where state = 7";

    public static Command Build()
    {
        var command = new Command("project", "Events per second of the live projection, compared with Marten's daemon and with SQL")
        {
            Events,
            Members,
            Holdout,
        };
        command.SetAction(
            (parsed, cancel) =>
                BenchRun.RunAsync(
                    () => RunAsync(parsed.GetValue(Events), parsed.GetValue(Members), parsed.GetValue(Holdout), cancel),
                    cancel
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(int events, int members, bool holdout, CancellationToken cancel)
    {
        using var folder = new RunFolder(RepositoryRoot.Find());
        Report("writing the log");
        await using var log = await RebuildLog.MakeAsync(folder, new RebuildLoad(events, members, Consent: false), cancel);
        if (holdout)
        {
            await log.ExecuteAsync(StartSql, [], cancel);
        }

        Report("our loop");
        var own = await OwnLoop.RunAsync(log, events, TimeProvider.System, cancel);
        var held = holdout ? await log.ScalarAsync("select count(*) from membership where state = 7", cancel) : 0;
        if (holdout)
        {
            await log.ExecuteAsync(CompareSql, [], cancel);
        }

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
                ("events, members, held out", Text($"{events:N0}, {members:N0}, {held:N0}")),
                ("s: our loop, SQL, daemon", Text($"{own:N2}, {limit:N2}, {daemon:N2}")),
            ]
        ).Print();
    }

    private static void Report(string message) => Console.Error.WriteLine($"bench: {message}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
