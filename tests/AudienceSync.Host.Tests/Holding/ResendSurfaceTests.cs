using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Holding;

/// <summary>Sending again what failed in a time, over HTTP and as a verb.</summary>
public sealed class ResendSurfaceTests
{
    private const string Path = "destinations/meta_main/resend";
    private const string Second = "winback_45d_v1";

    private static readonly TestAudience[] Audiences = [new("high_intent_cart_7d", 3_650), new("winback_45d", 3_650)];

    private static readonly object Everything = new { from = "2020-01-01T00:00:00Z" };

    private readonly OffsetClock _clock = HoldStage.NewClock();

    [Fact]
    public async Task It_asks_for_the_token_first_and_then_sends_what_failed()
    {
        await using var host = await StartAsync();
        await host.SendEventsAsync("remove", ["person1"], second: 5);
        await host.WaitUntilQuietAsync();

        // Nothing was sent with it yet, so the account is not stopped.
        await SetTokenAsync(host, "another token");
        (await host.PostAsOperatorAsync(Path, Everything)).Code.ShouldBe("destination_check_failed");
        await SetTokenAsync(host, TestPlatform.Token);
        (await host.ScalarAsync<long>("select count(*) from resends")).ShouldBe(0);
        await host.Sandbox.FaultAsync(
            new
            {
                operation = "add",
                kind = "token_expired",
                count = 1,
            }
        );
        await host.SendEventsAsync("add", ["another"], second: 5);
        await host.UntilBindingAsync(0, binding => binding.Text("state") == "account_stopped");

        (await host.PostAsOperatorAsync(Path, Everything)).Code.ShouldBe("destination_stopped");
        var preview = await host.ExecuteAsOperatorAsync(Path, new { from = "2020-01-01T00:00:00Z", dry_run = true });
        preview.Text("blocked")!.ShouldStartWith("meta_190");
        preview.GetProperty("resend").ValueKind.ShouldBe(JsonValueKind.Null);
        List(preview, 0).Number("adds").ShouldBe(1, "person0: person1 has left");

        await host.ExecuteAsOperatorAsync("destinations/meta_main/resume", new { });
        await host.WaitUntilQuietAsync();
        var sent = await host.ExecuteAsOperatorAsync(
            Path,
            new
            {
                from = "2020-01-01T00:00:00Z",
                by = "ann",
                why = "new token",
            }
        );
        sent.Number("resend").ShouldBe(1);
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, ["person0", "person1", "another"])).ShouldBe(["person0", "another"], ignoreOrder: true);
        var recorded = (await host.GetAsync("/v1/resends")).GetProperty("resends").EnumerateArray().Single();
        (recorded.Text("by"), recorded.Text("why"), recorded.Number("adds")).ShouldBe(("ann", "new token", 1));
        recorded.GetProperty("to").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task What_failed_of_a_paused_list_is_kept_and_counted_and_sent_when_it_is_resumed()
    {
        await using var host = await StartAsync(Second);
        var list = TestHost.Remote(1);
        await host.ExecuteAsOperatorAsync("destinations/meta_main/pause", new { remote = list });

        var sent = await host.ExecuteAsOperatorAsync(Path, Everything);
        List(sent, 1).GetProperty("is_kept").GetBoolean().ShouldBeTrue();
        List(sent, 1).Number("adds").ShouldBe(2);
        List(sent, 1).GetProperty("failures")[0].Number("people").ShouldBe(2);
        (await host.GetAsync("/v1/resends")).GetProperty("resends")[0].Number("kept").ShouldBe(2);
        (await host.HeldAsync(1, ["person0", "person1"])).ShouldBeEmpty();

        await host.ExecuteAsOperatorAsync("destinations/meta_main/resume", new { remote = list });
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(1, ["person0", "person1"])).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_verb_previews_sends_and_refuses()
    {
        await using var host = await StartAsync(realPort: true);
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["AUDIENCESYNC_CONFIG"] = host.ConfigPath,
            ["AUDIENCESYNC_URLS"] = host.Http.BaseAddress!.ToString(),
            ["USER"] = "ann",
        };
        var preview = await CommandRun.RunAsync(environment, "sync", "resend", "meta_main", "--from", "2020-01-01", "--dry-run");
        preview.ExitCode.ShouldBe(0, preview.Error);
        preview.Output.ShouldContain("rejected:");
        preview.Output.ShouldContain("high_intent_cart_7d_v1");
        (await host.ScalarAsync<long>("select count(*) from resends")).ShouldBe(0);

        var sent = await CommandRun.RunAsync(environment, "destinations", "resend", "meta_main", "--from", "2020-01-01", "--json");
        sent.ExitCode.ShouldBe(0, sent.Error);
        JsonDocument.Parse(sent.Output).RootElement.Number("resend").ShouldBe(1);
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, ["person0", "person1"])).Count.ShouldBe(2);
        (await host.ScalarAsync<string>("select asked_by from resends")).ShouldBe("ann");

        var unknown = await CommandRun.RunAsync(environment, "sync", "resend", "nowhere", "--from", "2020-01-01");
        unknown.Error.ShouldStartWith("audiencesync: unknown_destination: ");
        (await CommandRun.RunAsync(environment, "sync", "resend", "meta_main", "--from", "yesterday")).Error.ShouldContain("ISO 8601");
        (await host.PostAsOperatorAsync(Path, new { from = "2026-01-02T00:00:00Z", to = "2026-01-01T00:00:00Z" })).Code.ShouldBe(
            "invalid_window"
        );
        (await host.PostAsOperatorAsync(Path, new { from = "2026-01-02T00:00:00Z", by = new string('a', 101) })).Code.ShouldBe(
            "invalid_reason"
        );
        (await host.PostAsOperatorAsync(Path, new { })).Code.ShouldBe("invalid_window");
    }

    // Two people whose adds to one list were refused by name, each in a call of their own.
    private async Task<TestHost> StartAsync(string key = HoldStage.First, bool realPort = false)
    {
        var host = await TestHost.StartAsync(
            new TestHostOptions
            {
                Clock = _clock,
                Audiences = Audiences,
                RealPort = realPort,
            }
        );
        await host.Sandbox.FaultAsync(
            new
            {
                operation = "add",
                kind = "invalid_rows",
                count = 2,
            }
        );
        foreach (var person in new[] { "person0", "person1" })
        {
            await host.SendEventsAsync("add", [person], key: key);
            await host.WaitUntilQuietAsync();
        }

        (await host.ScalarAsync<long>("select count(*) from ledger where status = 4")).ShouldBe(2);
        return host;
    }

    private static async Task SetTokenAsync(TestHost host, string token)
    {
        using var changed = await host.Sandbox.Admin.PostAsJsonAsync("/admin/accounts", new { account = TestPlatform.Account, token });
        changed.IsSuccessStatusCode.ShouldBeTrue(await changed.Content.ReadAsStringAsync());
    }

    private static JsonElement List(JsonElement answer, int audience) =>
        answer.GetProperty("lists").EnumerateArray().Single(list => list.Text("remote") == TestHost.Remote(audience));
}
