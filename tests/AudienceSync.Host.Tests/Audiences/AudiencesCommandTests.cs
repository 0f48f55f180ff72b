using System.Text.Json;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>The verbs of <c>audiences</c>, next to a running Host.</summary>
public sealed class AudiencesCommandTests : IAsyncLifetime
{
    private const string File = """
        audiences:
          - name: high_intent_cart_7d
            purpose: p
            owner: retention
            definition: d
            versions: [ { version: 1, window_d: 7 }, { version: 2, window_d: 14, match_keys: [email], consent_policy: required } ]
          - name: fresh
            owner: growth
            versions: [ { version: 1 } ]
        bindings:
          - { audience: fresh, key: fresh_v1, destination: meta_main, remote: "99" }
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = new() { ["USER"] = "ann" };
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        _environment["AUDIENCESYNC_POSTGRES"] = _host.Database;
        await System.IO.File.WriteAllTextAsync(_folder.Below("audiences.yaml"), File);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_is_planned_then_applied_once_and_then_changes_nothing()
    {
        var head = await HeadAsync();
        var plan = await RunAsync("apply", "-f", _folder.Below("audiences.yaml"), "--dry-run");
        plan.ShouldBe(
            new CommandRun(
                0,
                """
                would describe high_intent_cart_7d (purpose: p; owner: retention; definition: d)
                would publish high_intent_cart_7d_v2 (14 days, match by email, consent required)
                would register fresh (owner: growth)
                would publish fresh_v1 (no window, match by email phone customer_id device_id details, consent assumed)
                would bind meta_main/99 to fresh_v1

                """,
                ""
            )
        );
        (await HeadAsync()).ShouldBe(head, "a plan writes nothing");

        var done = await RunAsync("apply", "-f", _folder.Below("audiences.yaml"), "--why", "autumn");
        done.Output.ShouldBe(plan.Output.Replace("would ", ""));
        (await HeadAsync()).ShouldBe(head + 5);
        (await RunAsync("apply", "-f", _folder.Below("audiences.yaml"))).ShouldBe(new CommandRun(0, "Nothing to change.\n", ""));
        (await RunAsync("history", "fresh"))
            .Output.TrimEnd()
            .Split('\n')
            .ShouldAllBe(line => line.Contains("Z ann: ") && line.EndsWith(" because autumn"));
    }

    [Fact]
    public async Task A_file_that_would_change_a_key_is_refused_as_a_whole_with_the_version_to_publish()
    {
        await System.IO.File.WriteAllTextAsync(_folder.Below("audiences.yaml"), File.Replace("window_d: 7", "window_d: 8"));
        var head = await HeadAsync();
        var refused = await RunAsync("apply", "-f", _folder.Below("audiences.yaml"));
        refused.ExitCode.ShouldBe(1);
        refused.Error.ShouldStartWith("audiencesync: audience_key_changed: high_intent_cart_7d_v1 was published with other terms");
        refused.Error.ShouldContain("as version 2");
        (await HeadAsync()).ShouldBe(head);
    }

    [Fact]
    public async Task Every_verb_makes_its_change_and_the_history_shows_who_made_it()
    {
        await ExecuteAsync("publish", "high_intent_cart_7d_v2", "--window-d", "14", "--why", "longer");
        await ExecuteAsync("bind", "high_intent_cart_7d_v1", "--destination", "meta_main", "--remote", "55");
        await ExecuteAsync("promote", "high_intent_cart_7d_v2", "--destination", "meta_main", "--remote", "55");
        await ExecuteAsync("rollback", "high_intent_cart_7d", "--by", "ben");
        await ExecuteAsync("unbind", "high_intent_cart_7d", "--destination", "meta_main", "--remote", "55");
        await ExecuteAsync("retire", "high_intent_cart_7d_v2");
        await ExecuteAsync("pause", "high_intent_cart_7d");
        await ExecuteAsync("resume", "high_intent_cart_7d");
        (await RunAsync("promote", "high_intent_cart_7d_v2")).Error.ShouldStartWith("audiencesync: audience_key_retired: ");
        (await RunAsync("bind", "high_intent_cart_7d_v1", "--remote", "55")).ExitCode.ShouldBe(1);
        (await RunAsync("show", "nobody")).Error.ShouldStartWith("audiencesync: unknown_audience: ");

        using var history = JsonDocument.Parse((await RunAsync("history", "high_intent_cart_7d", "--json")).Output);
        history
            .RootElement.EnumerateArray()
            .Skip(3)
            .Select(change => $"{change.GetProperty("by").GetString()} {change.GetProperty("event").GetString()}")
            .ShouldBe([
                "ann audience_key_published_v2",
                "ann audience_bound",
                "ann audience_key_promoted",
                "ben audience_key_rolled_back",
                "ann audience_unbound",
                "ann audience_key_retired",
                "ann audience_paused",
                "ann audience_resumed",
            ]);
        (await RunAsync("list")).Output.ShouldContain(
            "  high_intent_cart_7d_v2: 14 days, match by email phone customer_id device_id details, consent assumed, retired"
        );
    }

    [Fact]
    public async Task A_running_host_accepts_events_for_a_key_published_by_the_command()
    {
        await ExecuteAsync("publish", "high_intent_cart_7d_v2", "--window-d", "14");
        (await _host.SendEventAsync("add", "high_intent_cart_7d_v2", "ann")).Status.ShouldBe(200);
        var status = await _host.WaitUntilQuietAsync();
        status
            .GetProperty("audiences")
            .EnumerateArray()
            .Single(key => key.GetProperty("key").GetString() == "high_intent_cart_7d_v2")
            .GetProperty("present")
            .GetInt64()
            .ShouldBe(0, "the window of the add from January has ended");
    }

    private Task<long> HeadAsync() => _host.ScalarAsync<long>("select count(*) from mt_events");

    private async Task ExecuteAsync(params string[] args)
    {
        var run = await RunAsync(args);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldNotContain("Nothing to change");
    }

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync(_environment, ["audiences", .. args]);
}
