using System.Text.Json;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>
/// Late events, those of a version that another version replaced by promotion: they are handled by its policy, and counted.
/// </summary>
public sealed class LateEventsTests : IAsyncLifetime
{
    private const string First = RegistryStage.Audience + "_v1";
    private const string Second = RegistryStage.Audience + "_v2";

    private readonly Dictionary<string, string> _environment = new() { ["USER"] = "ann" };
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(
            new TestHostOptions { Clock = new OffsetClock(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)) }
        );
        _environment["AUDIENCESYNC_POSTGRES"] = _host.Database;
        await _host.SendEventAsync("add", First, "ann");
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task They_count_for_their_own_version_are_not_sent_and_are_shown_with_the_switch_that_made_them_late()
    {
        await _host.ApplyChangeAsync($"keys/{Second}/publish", new { });
        await _host.ApplyChangeAsync($"keys/{Second}/promote", new { by = "ann" });
        await _host.SendEventAsync("add", First, "ben");
        await _host.SendEventAsync("remove", First, "ann", second: 5);
        await _host.SendEventAsync("add", Second, "eve");
        await _host.WaitUntilQuietAsync();
        (await KeyAsync(First)).ShouldBe("drains keep 2 open");
        (await KeyAsync(Second)).ShouldBe("feeds");
        (await _host.HeldAsync(0, ["ann", "ben", "eve"])).ShouldBe(["eve"]);
        (await ShowAsync()).ShouldContain($"2 late events of {First} kept since ");
        (await StatusAsync(First)).ShouldBe((true, 2));

        await _host.ApplyChangeAsync($"audiences/{RegistryStage.Audience}/rollback", new { });
        await _host.SendEventAsync("add", First, "dan");
        await _host.SendEventAsync("add", Second, "fay");
        await _host.WaitUntilQuietAsync();
        (await KeyAsync(First)).ShouldBe("feeds keep 2 over");
        (await KeyAsync(Second)).ShouldBe("drains keep 1 open");
        (await _host.HeldAsync(0, ["ann", "ben", "dan", "eve", "fay"])).ShouldBe(["ben", "dan"], "late events were kept");
        (await StatusAsync(First)).ShouldBe((false, 2));

        await _host.ApplyChangeAsync($"keys/{Second}/promote", new { });
        await _host.SendEventAsync("add", First, "gus");
        await _host.WaitUntilQuietAsync();
        (await KeyAsync(First)).ShouldBe("drains keep 2 over keep 1 open");
        var history = (await RunAsync("history", RegistryStage.Audience)).Output.TrimEnd().Split('\n');
        history
            .Where(line => line.Contains("late events"))
            .Select(line => line[(line.IndexOf("; ") + 2)..line.IndexOf(" kept")])
            .ShouldBe([$"2 late events of {First}", $"1 late events of {Second}", $"1 late events of {First}"]);
        (await StatusAsync(First)).ShouldBe((true, 3));
    }

    [Fact]
    public async Task They_wait_in_quarantine_when_the_promotion_requests_it_and_can_be_released_after_a_rollback()
    {
        await _host.ApplyChangeAsync($"keys/{Second}/publish", new { });
        (await RunAsync("promote", Second, "--late-events", "quarantine")).ExitCode.ShouldBe(0);
        await _host.ApplyChangeAsync("audiences/winback_45d", new { purpose = "read the keys again" });
        var held = await _host.SendEventAsync("add", First, "ben");
        (held.Status, held.Code).ShouldBe((202, "draining_audience_key"));
        (await _host.SendEventAsync("add", Second, "eve")).Status.ShouldBe(200);
        await _host.WaitUntilQuietAsync();
        (await KeyAsync(First)).ShouldBe("drains quarantine 0 open, 1 waits");
        (await ShowAsync()).ShouldContain($"0 late events of {First} kept, 1 in quarantine since ");
        (await ReleaseAsync(held)).ShouldBe("held");

        await _host.ApplyChangeAsync($"audiences/{RegistryStage.Audience}/rollback", new { });
        (await ReleaseAsync(held)).ShouldBe("released");
        await _host.WaitUntilQuietAsync();
        (await _host.HeldAsync(0, ["ann", "ben", "eve"])).ShouldBe(["ann", "ben"]);
        (await KeyAsync(First)).ShouldBe("feeds quarantine 0 over");
    }

    [Fact]
    public async Task A_removal_is_applied_although_late_events_are_held_back()
    {
        await _host.ApplyChangeAsync($"keys/{Second}/publish", new { });
        (await RunAsync("promote", Second, "--late-events", "quarantine")).ExitCode.ShouldBe(0);
        await _host.ApplyChangeAsync("audiences/winback_45d", new { purpose = "read the keys again" });
        (await _host.SendEventAsync("remove", First, "ann", second: 9)).Status.ShouldBe(200);
        await _host.WaitUntilQuietAsync();
        (
            await _host.ScalarAsync<short>(
                "select m.state from membership m join audience_keys k on k.key_id = m.key_id where "
                    + $"k.audience_key = '{First}' and m.state <> 5"
            )
        ).ShouldBe((short)2);
    }

    [Fact]
    public async Task A_successor_gets_them_too()
    {
        await _host.ApplyChangeAsync($"keys/{Second}/publish", new { inherit = true });
        await _host.ApplyChangeAsync($"keys/{Second}/promote", new { });
        await _host.SendEventAsync("add", First, "ben");
        await _host.WaitUntilQuietAsync();
        (await _host.HeldAsync(0, ["ann", "ben"])).ShouldBe(["ann", "ben"]);
        (await KeyAsync(First)).ShouldBe("drains keep 1 open");
    }

    [Fact]
    public async Task A_version_that_still_feeds_somewhere_a_retired_one_and_one_that_was_unbound_have_no_late_events()
    {
        await _host.ApplyChangeAsync(
            $"audiences/{RegistryStage.Audience}/bindings",
            new
            {
                key = First,
                destination = "meta_main",
                remote = "99",
            }
        );
        await _host.ApplyChangeAsync($"keys/{Second}/publish", new { });
        await _host.ApplyChangeAsync($"keys/{Second}/promote", new { destination = "meta_main", remote = "99" });
        (await KeyAsync(First)).ShouldBe("feeds");
        await _host.ApplyChangeAsync($"audiences/{RegistryStage.Audience}/unbind", new { destination = "meta_main", remote = "99" });
        (await KeyAsync(Second)).ShouldBe("shadow");
        await _host.ApplyChangeAsync($"keys/{Second}/promote", new { });
        await _host.ApplyChangeAsync($"keys/{First}/retire", new { });
        (await _host.SendEventAsync("add", First, "ben")).Code.ShouldBe("retired_audience_key");
        await _host.WaitUntilQuietAsync();
        (await KeyAsync(First)).ShouldBe("retired keep 0 over");
        (await _host.PostAsOperatorAsync($"keys/{Second}/promote", new { late_events = "lose" })).Code.ShouldBe("late_events_invalid");
    }

    private async Task<string> KeyAsync(string key)
    {
        var audience = await _host.GetAsync($"/v1/audiences/{RegistryStage.Audience}");
        var shown = audience.GetProperty("keys").EnumerateArray().Single(one => one.GetProperty("key").GetString() == key);
        return string.Join(' ', shown.GetProperty("drains").EnumerateArray().Select(Text).Prepend(shown.GetProperty("state").GetString()));

        static string Text(JsonElement drain) =>
            $"{drain.GetProperty("late_events").GetString()} {drain.GetProperty("kept").GetInt64()} "
            + $"{(drain.GetProperty("until").ValueKind == JsonValueKind.Null ? "open" : "over")}"
            + (drain.GetProperty("quarantined").GetInt64() is > 0 and var waits ? $", {waits} waits" : "");
    }

    private async Task<(bool Drains, long Late)> StatusAsync(string key)
    {
        var shown = (await _host.GetAsync("/v1/status"))
            .GetProperty("audiences")
            .EnumerateArray()
            .Single(one => one.GetProperty("key").GetString() == key);
        return (shown.GetProperty("drains").GetBoolean(), shown.GetProperty("late").GetInt64());
    }

    private async Task<string> ShowAsync() => (await RunAsync("show", RegistryStage.Audience)).Output;

    private async Task<string?> ReleaseAsync(Answer held) =>
        (await _host.PostAsOperatorAsync($"quarantine/{held.ReceiptId()}/release", new { })).Json.GetProperty("status").GetString();

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync(_environment, ["audiences", .. args]);
}
