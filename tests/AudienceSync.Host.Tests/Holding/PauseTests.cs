using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Holds;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Serving;
using Microsoft.Extensions.Logging;

namespace AudienceSync.Host.Tests.Holding;

/// <summary>A paused account or list gets no calls, neither adds nor removals, until an operator resumes it.</summary>
public sealed class PauseTests
{
    private const string Account = "destinations/meta_main";

    private readonly TestHostOptions _options = new() { Clock = HoldStage.NewClock() };

    [Fact]
    public async Task A_paused_account_is_not_called_and_what_waits_is_counted_and_reported()
    {
        await using var host = await TestHost.StartAsync(_options);
        await host.SendEventsAsync("add", HoldStage.People(0, 20));
        await host.WaitUntilQuietAsync();
        await host.ExecuteAsOperatorAsync(Account + "/pause", new { by = "ann", why = "the token is changed" });
        await host.UntilBindingAsync(0, binding => binding.Text("state") == "paused");
        await WaitForPassAsync();
        var calls = await host.CallsAsync();

        await host.SendEventsAsync("remove", HoldStage.People(0, 5), second: 1);
        await host.SendEventsAsync("add", HoldStage.People(20, 23), second: 1);
        await host.UntilBindingAsync(0, binding => binding.Number("pending_removals") == 5 && binding.Number("pending_adds") == 3);
        await WaitForPassAsync();

        (await host.CallsAsync()).ShouldBe(calls);
        (await host.HeldAsync(0, HoldStage.People(0, 23))).ShouldBe(HoldStage.People(0, 20));
        var status = await host.GetAsync("/v1/status");
        var pause = status.GetProperty("pauses").EnumerateArray().Single();
        (pause.Text("destination"), pause.Text("by"), pause.Text("why"), pause.Number("waiting_removals")).ShouldBe(
            ("meta_main", "ann", "the token is changed", 5)
        );
        status.GetProperty("quiet").GetBoolean().ShouldBeFalse();
        status.GetProperty("destinations").EnumerateArray().Single().Text("state").ShouldBe("paused");
        (await WarningsAsync(host)).ShouldHaveSingleItem().ShouldContain("5 removals waiting; meta_main");

        (await host.ExecuteAsOperatorAsync(Account + "/resume", new { by = "ben" }))
            .GetProperty("still_paused")
            .GetArrayLength()
            .ShouldBe(0);
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, HoldStage.People(0, 23))).ShouldBe(HoldStage.People(5, 23));
        (await host.ScalarAsync<string>("select paused_by || ' ' || resumed_by from pauses")).ShouldBe("ann ben");
    }

    [Fact]
    public async Task A_pause_survives_a_restart_and_another_host()
    {
        await using var host = await TestHost.StartAsync(_options);
        await host.SendEventsAsync("add", HoldStage.People(0, 6));
        await host.WaitUntilQuietAsync();
        await host.ExecuteAsOperatorAsync(Account + "/pause", new { });
        await WaitForPassAsync();
        await host.StopAsync();

        await using var next = await TestHost.StartAsync(_options with { Database = host.Database, Platform = host.Sandbox });
        await next.SendEventsAsync("remove", HoldStage.People(0, 2), second: 1);
        await next.UntilBindingAsync(0, binding => binding.Number("pending_removals") == 2);
        await WaitForPassAsync();
        (await next.HeldAsync(0, HoldStage.People(0, 6))).Count.ShouldBe(6);

        await next.ExecuteAsOperatorAsync(Account + "/resume", new { });
        await next.WaitUntilQuietAsync();
        (await next.HeldAsync(0, HoldStage.People(0, 6))).ShouldBe(HoldStage.People(2, 6));
    }

    [Fact]
    public async Task A_single_list_can_be_paused_and_resuming_the_account_leaves_it_paused()
    {
        await using var host = await TestHost.StartAsync(_options);
        await host.ExecuteAsOperatorAsync(Account + "/pause", new { remote = TestHost.Remote(0), by = "ann" });
        await WaitForPassAsync();
        await host.SendEventsAsync("add", HoldStage.People(0, 4));
        await host.SendEventsAsync("add", HoldStage.People(0, 4), key: "winback_45d_v1");
        await host.UntilHeldAsync(1, 4);
        (await host.ExecuteAsOperatorAsync(Account + "/resume", new { })).GetProperty("still_paused").GetArrayLength().ShouldBe(1);
        await host.SendEventsAsync("add", HoldStage.People(4, 6), key: "winback_45d_v1");
        await host.UntilHeldAsync(1, 6);
        (await host.HeldAsync(0, HoldStage.People(0, 4))).ShouldBeEmpty();

        await host.ExecuteAsOperatorAsync(Account + "/resume", new { remote = TestHost.Remote(0) });
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, HoldStage.People(0, 4))).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Unknown_targets_cannot_be_paused_and_reasons_that_are_too_long_are_refused()
    {
        await using var host = await TestHost.StartAsync(_options);
        foreach (
            var (path, body, status, code) in new (string, object, int, string)[]
            {
                ("destinations/nowhere/pause", new { }, 404, "unknown_destination"),
                ("destinations/nowhere/resume", new { }, 404, "unknown_destination"),
                (Account + "/pause", new { remote = "1" }, 404, "unknown_destination"),
                (Account + "/pause", new { by = new string('x', 101) }, 422, "invalid_reason"),
                (Account + "/pause", new { why = new string('x', 501) }, 422, "invalid_reason"),
                ("plans/4711/approve", new { }, 404, "unknown_plan"),
            }
        )
        {
            var answer = await host.PostAsOperatorAsync(path, body);
            (answer.Status, answer.Code).ShouldBe((status, code), path);
        }
    }

    // A call that began before the pause is completed: after two iterations of the account loop none can be in flight. The time of ten,
    // because an iteration takes longer than its poll, the more so on a busy machine.
    private async Task WaitForPassAsync()
    {
        using var wait = new Wake(TimeProvider.System);
        await wait.WaitAsync(10 * _options.AccountPoll, default);
    }

    private async Task<List<string>> WarningsAsync(TestHost host)
    {
        using var log = new LogCapture();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        await using var database = new WorkspaceDatabase(host.Database, new WorkspaceName("default"));
        using var wake = new Wake(_options.Clock);
        var watch = new HoldWatch(new HoldQueries(database), wake, _options.Clock, loggers.CreateLogger<HoldWatch>());
        await watch.LookAsync(default);
        await watch.LookAsync(default);
        return [.. log.Lines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal))];
    }
}
