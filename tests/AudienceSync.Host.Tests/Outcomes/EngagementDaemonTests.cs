using System.Text.Json.Nodes;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.EventStore.Outcomes;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Outcomes;

/// <summary>The projection of engagement: gaps in the log, erasure, retention, replay, and what it shows of itself.</summary>
public sealed class EngagementDaemonTests
{
    private const string CaughtUpSql = """
        select (select count(*) from mt_events where type = 'message_outcome_recorded') = 2
          and (select min(p.last_seq_id) from mt_event_progression p where p.name in ('person_engagement:All', 'outcome_policy:All'))
            >= (select max(e.seq_id) from mt_events e)
        """;

    [Fact]
    public async Task An_append_that_was_rolled_back_does_not_stop_the_daemon()
    {
        // Not ahead of the database, whose clock decides how old a gap is.
        await using var host = await ReportingStage.StartAsync(new TestHostOptions { Clock = new OffsetClock() });
        await host.StatusOfAsync(Delivered(host, "one"));
        await host.ProjectedAsync();

        // Positions that were drawn and never committed.
        (
            await host.ScalarAsync<long>("select max(p) from (select nextval('mt_events_sequence') as p from generate_series(1, 3)) d")
        ).ShouldBeGreaterThan(3);
        await host.StatusOfAsync(Delivered(host, "two"));
        await host.ProjectedAsync();

        (await host.ScalarAsync<long>("select count(*) from mt_events")).ShouldBeLessThan(
            await host.ScalarAsync<long>("select max(seq_id) from mt_events"),
            "otherwise there was no gap"
        );
        (await host.EngagementOfAsync(IdentifierKind.CustomerId, "ann")).LastDeliveredAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task Two_anchors_of_a_person_are_two_documents_and_one_engagement()
    {
        await using var host = await ReportingStage.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        var mail = new JsonObject { ["id"] = null, ["email"] = "ann@example.com" };
        await host.StatusOfAsync(ReportingStage.Report("email", "delivered", "one", Sample.Now.AddMinutes(-3), mail));
        await host.StatusOfAsync(
            ReportingStage.Report("email", "clicked", "two", Sample.Now.AddMinutes(-2), ReportingStage.Person("ann", "ann@example.com"))
        );
        await host.ProjectedAsync();

        (await host.ScalarAsync<long>("select count(*) from mt_doc_person_engagement")).ShouldBe(2);
        var known = await host.EngagementOfAsync(IdentifierKind.CustomerId, "ann");
        known.LastDeliveredAt.ShouldBe(Sample.Now.AddMinutes(-3));
        known.LastClickAt.ShouldBe(Sample.Now.AddMinutes(-2));
    }

    [Fact]
    public async Task An_erased_person_has_no_engagement_and_no_kept_report_and_a_late_report_is_ignored()
    {
        await using var host = await ReportingStage.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        await host.StatusOfAsync(Delivered(host, "one"));
        await host.ProjectedAsync();
        (await host.ScalarAsync<long>("select count(*) from mt_doc_person_engagement")).ShouldBe(1);
        (await ExportAsync(host)).ShouldContain("last_delivered_at");

        using var content = new StringContent("""{"customer_id":"ann"}""", System.Text.Encoding.UTF8, "application/json");
        using var asked = await host.Operator.PostAsync("/v1/people/erasures", content);
        ((int)asked.StatusCode).ShouldBeOneOf(200, 202);
        await Deadline.UntilAsync(
            async () => await host.ScalarAsync<long>("select count(*) from mt_events where type = 'person_erased'") > 0,
            () => "the end of the erasure"
        );
        await host.ProjectedAsync();

        (await host.ScalarAsync<long>("select count(*) from mt_doc_person_engagement")).ShouldBe(0);
        (await host.StatusOfAsync(Delivered(host, "two"))).ShouldBe("ignored");
        (await host.StatusOfAsync(Delivered(host, "one"))).ShouldBe("ignored");
        var replayed = await ReplayAsync(host);
        replayed.ShouldContain("\"read\":0", Case.Sensitive, "its body was emptied");
    }

    [Fact]
    public void Nothing_is_added_while_a_person_is_being_erased_and_nothing_is_left_after()
    {
        var anchor = Guid.NewGuid();
        var outcome = new MessageOutcomeRecorded(Sample.Now, "s", "email", "delivered");
        var known = EngagementProjection.Fold(null, anchor, outcome);
        known!.Engagement.LastDeliveredAt.ShouldBe(Sample.Now);
        var erasing = EngagementProjection.Fold(known, anchor, new PersonErasureRequested(Sample.Now, Guid.NewGuid()));
        erasing!.Engagement.ShouldBe(Engagement.Empty);
        EngagementProjection.Fold(erasing, anchor, outcome).ShouldBe(erasing);
        EngagementProjection.Fold(erasing, anchor, new PersonErased(Sample.Now, Guid.NewGuid())).ShouldBeNull();
    }

    [Fact]
    public async Task Reports_are_kept_for_30_days_and_other_bodies_for_14()
    {
        var clock = new OffsetClock(Sample.Now);
        await using var host = await ReportingStage.StartAsync(new TestHostOptions { Clock = clock });
        await host.StatusOfAsync(Delivered(host, "one"));
        await host.PostAsync(Sample.Event().ToJsonString());
        var partitions = host.Server.Workspaces["default"].Get<Host.Ingest.Bodies.BodyPartitionStore>();

        clock.Advance(TimeSpan.FromDays(29));
        await partitions.EnsureAsync(default);
        (await host.ScalarAsync<long>("select count(*) from raw_bodies")).ShouldBe(0);
        (await host.ScalarAsync<long>("select count(*) from reporting_bodies")).ShouldBe(1);

        clock.Advance(TimeSpan.FromDays(2));
        await partitions.EnsureAsync(default);
        (await host.ScalarAsync<long>("select count(*) from reporting_bodies")).ShouldBe(0);
    }

    [Fact]
    public async Task A_replay_appends_what_the_log_has_lost_and_nothing_else()
    {
        await using var host = await ReportingStage.StartAsync(
            new TestHostOptions { RealPort = true, Clock = new OffsetClock(Sample.Now) }
        );
        await Task.WhenAll(
            Enumerable
                .Range(0, 9)
                .Select(n => host.StatusOfAsync(Delivered(host, $"r{n}")))
                .Append(host.StatusOfAsync("""{"metric":"sent"}"""))
        );
        await host.PostAsync(Sample.Event().ToJsonString());
        (await ReplayAsync(host)).ShouldBe("""{"read":9,"accepted":0,"duplicates":9,"kept":0,"skipped":0,"released":0,"held":1}""");

        (
            await host.ScalarAsync<long>(
                """
                with lost as (delete from mt_events where seq_id = (select max(seq_id) from mt_events where type = 'message_outcome_recorded') returning 1)
                select count(*) from lost
                """
            )
        ).ShouldBe(1);
        await host.StopAsync();
        await using var again = await ReportingStage.StartAsync(
            new TestHostOptions
            {
                RealPort = true,
                Clock = host.Clock,
                Database = host.Database,
            }
        );
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AUDIENCESYNC_CONFIG"] = again.ConfigPath,
            ["AUDIENCESYNC_URLS"] = again.Http.BaseAddress!.ToString(),
        };
        var run = await CommandRun.RunAsync(environment, "outcomes", "replay", "--from", "2026-11-21", "--to", "2026-11-22");
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.Trim().ShouldBe("""{"read":9,"accepted":1,"duplicates":8,"kept":0,"skipped":0,"released":0,"held":1}""");
        (await again.ScalarAsync<long>("select count(*) from mt_events where type = 'message_outcome_recorded'")).ShouldBe(9);
    }

    [Fact]
    public async Task The_status_and_the_metrics_show_how_far_the_daemon_is()
    {
        await using var host = await ReportingStage.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        await host.StatusOfAsync(Delivered(host, "one"));
        await host.ProjectedAsync();

        var projections = (await host.GetAsync("/v1/status")).GetProperty("projections").EnumerateArray().ToList();
        projections
            .Select(one => (one.GetProperty("name").GetString(), one.GetProperty("lag").GetInt64()))
            .ShouldBe([("outcome_policy", 0), ("person_engagement", 0)]);
        await Deadline.UntilAsync(
            async () =>
            {
                await host.Server.Workspaces["default"].Get<Host.Workspaces.Metrics.GaugeLoop>().RefreshAsync(default);
                using var response = await host.Operator.GetAsync("/metrics");
                var text = await response.Content.ReadAsStringAsync();
                return text.Contains("audiencesync_engagement_lag_events{", StringComparison.Ordinal)
                    && text.Contains("audiencesync_engagement_paused{", StringComparison.Ordinal);
            },
            () => "the gauges"
        );
    }

    [Fact]
    public async Task The_daemon_survives_an_outage_of_storage()
    {
        await using var host = await ReportingStage.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        await host.StatusOfAsync(Delivered(host, "one"));
        await host.ProjectedAsync();
        await using (await Outage.StartAsync(host.Database))
        {
            (await host.SendAsync(Delivered(host, "two"))).Status.ShouldBe(503);
        }

        await Deadline.UntilAsync(async () => (await host.SendAsync(Delivered(host, "two"))).Status == 200, () => "storage to be back");
        await Deadline.UntilAsync(
            async () => await host.ScalarAsync<bool>(CaughtUpSql),
            () => "the daemon to be back:\n" + string.Join('\n', host.LogLines.TakeLast(40))
        );
    }

    [Fact]
    public async Task A_workspace_without_a_reporting_source_runs_no_daemon()
    {
        await using var host = await TestHost.StartAsync();
        host.Server.Workspaces["default"].Workers.ShouldNotContain(worker => worker.Name == "engagement");
        (await host.GetAsync("/v1/status")).GetProperty("projections").GetArrayLength().ShouldBe(0);
    }

    private static string Delivered(TestHost host, string id) =>
        ReportingStage.Report(
            "email",
            "delivered",
            id,
            host.Clock.GetUtcNow().AddMinutes(-1),
            ReportingStage.Person("ann", "ann@example.com")
        );

    private static async Task<string> ReplayAsync(TestHost host)
    {
        using var response = await host.Operator.PostAsync("/v1/outcomes/replay?from=2026-11-20", content: null);
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task<string> ExportAsync(TestHost host)
    {
        using var content = new StringContent("""{"customer_id":"ann"}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await host.Operator.PostAsync("/v1/people/export", content);
        return await response.Content.ReadAsStringAsync();
    }
}
