using System.Diagnostics.Metrics;
using AudienceSync.Host.Serving;
using AudienceSync.Host.Telemetry;
using AudienceSync.Host.Tests.Exposures;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;
using AudienceSync.Host.Workspaces.Metrics;

namespace AudienceSync.Host.Tests.Telemetry;

/// <summary>
/// <c>GET /metrics</c>. The Hosts of other tests in this process have meters of the same names, so values are compared only under a
/// destination that no other test has.
/// </summary>
public sealed class MetricsTests
{
    private const string Destination = "meta_of_metrics";

    // Printed where a source reports outcomes or receives feedback: EngagementDaemonTests and FeedbackSurfaceTests.
    private static readonly string[] OfOtherSources =
    [
        SyncGauges.DaemonLag,
        SyncGauges.DaemonPaused,
        SyncGauges.FeedbackLag,
        "audiencesync_feedback_items_total",
    ];

    private static readonly string Page = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "operating.md"));

    [Fact]
    public async Task The_metrics_are_those_of_the_document()
    {
        await using var host = await StartAsync();
        await UseAllAsync(host);
        var printed = (await MetricsPage.ReadAsync(host)).Names;
        var documented = Documented("audiencesync_");
        printed.Where(name => name.StartsWith("audiencesync_", StringComparison.Ordinal)).ShouldBeSubsetOf(documented);
        documented.Except(printed).ShouldBeSubsetOf(OfOtherSources);
        documented.Count.ShouldBeGreaterThan(10);

        // Those of the driver and of Wolverine are printed once something happened, as a failure; the driver's list is compared with its
        // instruments.
        var (driver, messages) = (Documented("db_client_"), Documented("wolverine_"));
        printed.Except(documented).ShouldBeSubsetOf(driver.Concat(messages));
        printed.ShouldContain("wolverine_messages_sent_Messages_total");
        var instruments = await DriverInstrumentsAsync(host);
        instruments.Count.ShouldBe(driver.Count);
        driver.ShouldAllBe(name => instruments.Any(instrument => (name + "_").StartsWith(instrument + "_", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Calls_and_removals_are_counted_by_destination()
    {
        await using var host = await StartAsync();
        await host.Sandbox.FaultAsync(
            new
            {
                kind = "server_error",
                operation = "add",
                count = 2,
            }
        );
        await UseAllAsync(host);
        var page = await MetricsPage.ReadAsync(host);
        var here = $"destination=\"{Destination}\"";
        page.Sum("audiencesync_platform_calls_total", here, "operation=\"add\"", "outcome=\"done\"").ShouldBe(2, page.Text);
        page.Sum("audiencesync_platform_calls_total", here, "operation=\"add\"", "outcome=\"retry\"").ShouldBe(2, page.Text);
        page.Sum("audiencesync_platform_calls_total", here, "operation=\"remove\"", "outcome=\"done\"").ShouldBe(1, page.Text);
        page.Sum("audiencesync_platform_call_duration_seconds_count", here).ShouldBe(page.Sum("audiencesync_platform_calls_total", here));
        page.Sum("audiencesync_removal_latency_seconds_count", here).ShouldBe(1);

        // The removal stated 9:25 and was delivered after the Host's 9:30.
        page.Sum("audiencesync_removal_latency_seconds_sum", here).ShouldBeInRange(300, 600);
    }

    [Fact]
    public async Task Gauges_show_latency_budget_drift_stale_exposure_and_quarantine_of_the_accounts_this_host_works_for()
    {
        await using var host = await StartAsync();
        await UseAllAsync(host);
        var page = await MetricsPage.ReadAsync(host);
        var here = $"destination=\"{Destination}\"";
        page.Sum("audiencesync_deliveries_total", here, "kind=\"add\"", "result=\"acknowledged\"").ShouldBe(1, page.Text);
        page.Sum("audiencesync_deliveries_total", here, "kind=\"add\"", "result=\"invalid\"").ShouldBe(1, page.Text);
        page.Sum("audiencesync_deliveries_total", here, "kind=\"remove\"", "result=\"acknowledged\"").ShouldBe(1, page.Text);
        page.Sum("audiencesync_removal_latency_p50_seconds", here)
            .ShouldBeInRange(0.01, 30, "from the acceptance of the webhook, whatever time the sender stated");
        page.Sum("audiencesync_removal_latency_p99_seconds", here).ShouldBeInRange(0.01, 30);
        page.Lines("audiencesync_stale_exposure_minutes")
            .Count(line => line.Contains(here, StringComparison.Ordinal))
            .ShouldBeGreaterThan(0);
        page.Sum("audiencesync_stale_exposure_minutes", here).ShouldBe(0);
        page.Sum("audiencesync_members", here, "state=\"desired\"")
            .ShouldBe(
                page.Sum("audiencesync_members", here, "state=\"delivered\"") + page.Sum("audiencesync_members", here, "state=\"refused\"")
            );
        page.Sum("audiencesync_drift_members", here).ShouldBe(0);
        page.Sum("audiencesync_budget_used", here).ShouldBeGreaterThanOrEqualTo(3, page.Text);
        page.Sum("audiencesync_budget_left", here).ShouldBeGreaterThan(0);
        page.Lines("audiencesync_exposure_lag")
            .Count(line => line.Contains($"stream=\"deliveries/{Destination}\"", StringComparison.Ordinal))
            .ShouldBe(1, page.Text);
        page.Sum("audiencesync_exposure_lag", $"stream=\"deliveries/{Destination}\"").ShouldBe(0);
    }

    [Fact]
    public async Task No_label_is_about_a_person_or_has_a_connection_string()
    {
        await using var host = await StartAsync();
        await UseAllAsync(host);
        var text = (await MetricsPage.ReadAsync(host)).Text;
        text.ShouldContain("db_client_connection_pool_name=\"default/hot\"");
        string[] secrets = [TestHostFiles.OperatorToken, TestHostFiles.SignedToken, TestPlatform.Token];
        var database = new Npgsql.NpgsqlConnectionStringBuilder(host.Database).Database!;
        foreach (var absent in secrets.Concat(["ann@example.com", "of metrics", "Database=" + database]))
        {
            text.ShouldNotContain(absent, Case.Insensitive);
        }
    }

    [Fact]
    public async Task The_main_listener_requires_the_operators_token_and_the_health_listener_none()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { RealPort = true, HealthListener = true });
        (await StatusAsync(host.Http, "/metrics")).ShouldBe((401, "application/problem+json"));
        (await StatusAsync(host.Operator, "/metrics")).ShouldBe((200, "text/plain"));
        using var monitor = new HttpClient { BaseAddress = new Uri(host.HealthUrl) };
        (await StatusAsync(monitor, "/metrics")).ShouldBe((200, "text/plain"));
        (await StatusAsync(monitor, "/metrics?x=1")).ShouldBe((400, "application/problem+json"));
        (await StatusAsync(monitor, "/v1/status")).Status.ShouldBe(401);
        using var posted = await monitor.PostAsync("/metrics", null);
        ((int)posted.StatusCode).ShouldBe(401, "only GET is open");
    }

    [Fact]
    public void The_lag_is_what_is_appended_and_not_folded_and_unknown_to_a_host_that_does_not_fold()
    {
        var progress = new LogProgress();
        (progress.Head, progress.Folded, progress.Lag).ShouldBe((null, null, null));
        progress.Append(7);
        (progress.Head, progress.Lag).ShouldBe((7, null));
        progress.Fold(3);
        progress.Lag.ShouldBe(4);
        progress.Append(5);
        progress.Head.ShouldBe(7);
        progress.Fold(9);
        (progress.Head, progress.Folded, progress.Lag).ShouldBe((9, 9, 0));
        progress.Leave();
        (progress.Head, progress.Folded, progress.Lag).ShouldBe((9, null, null));
    }

    private static Task<TestHost> StartAsync() =>
        TestHost.StartAsync(
            ExposureSurfaceTests.WithExposures(
                new TestHostOptions
                {
                    Clock = new OffsetClock(Sample.Now),
                    Yaml = yaml => yaml.Replace("meta_main", Destination, StringComparison.Ordinal),
                }
            )
        );

    // An add and a removal that reach the platform; and one of everything that only counts.
    private static async Task UseAllAsync(TestHost host)
    {
        var person = new System.Text.Json.Nodes.JsonObject
        {
            ["customer_id"] = "customer of metrics",
            ["email"] = "ann@example.com",
            ["city"] = new string('x', 5_000),
        };
        (await host.PostAsync(Sample.Of(person).ToJsonString())).Status.ShouldBe(200);
        await QuietAsync(host);
        var removal = Sample.Of(person.DeepClone().AsObject());
        removal["event"] = "audience_remove";
        removal["occurred_at"] = "2026-11-21T09:25:00Z";
        (await host.PostAsync(removal.ToJsonString())).Status.ShouldBe(200);
        (await host.PostAsync(Sample.With("audience_key", "not_published_v1").ToJsonString())).Status.ShouldBe(202);
        (await host.PostAsync(Sample.Without("person").ToJsonString())).Status.ShouldBeInRange(400, 499);
        await Decisions.DecisionStage.DecideAsync(host, person);
        using var request = Webhook.Signed(Sample.Event().ToJsonString(), Sample.Now);
        request.RequestUri = new Uri("/v1/webhooks/audience?x=1", UriKind.Relative);
        (await host.SendAsync(request)).Status.ShouldBe(200);
        await QuietAsync(host);
        await host.UntilAsync(
            async () => (await host.GetAsync("/v1/status")).GetProperty("exposures"),
            log => log.GetProperty("streams").EnumerateArray().All(stream => stream.GetProperty("lag").GetInt64() == 0)
        );
        await host.Server.Workspaces["default"].Get<GaugeLoop>().RefreshAsync(default);
    }

    // After a failed call the lane waits on the Host's clock.
    private static Task QuietAsync(TestHost host) =>
        host.WaitUntilQuietAsync(meanwhile: () => ((OffsetClock)host.Clock).Advance(TimeSpan.FromMilliseconds(50)));

    private static List<string> Documented(string prefix) =>
        [.. Page.Split('\n').Where(line => line.StartsWith($"| `{prefix}", StringComparison.Ordinal)).Select(line => line.Split('`')[1])];

    // Published by the first use of a connection; its names as Prometheus writes them, without unit.
    private static async Task<HashSet<string>> DriverInstrumentsAsync(TestHost host)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == TelemetrySetup.Driver)
                {
                    lock (names)
                    {
                        names.Add(instrument.Name.Replace('.', '_'));
                    }
                }
            },
        };
        listener.Start();
        (await host.ScalarAsync<int>("select 1")).ShouldBe(1);
        return names;
    }

    private static async Task<(int Status, string? Type)> StatusAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        return ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType);
    }
}
