using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Holding;

/// <summary>A list that someone else changed becomes what it should be, without being empty in between.</summary>
public sealed class ResyncTests
{
    private static readonly TestAudience[] Audiences = [new("high_intent_cart_7d", 3_650)];

    private const string Path = "destinations/meta_main/resync";

    private readonly OffsetClock _clock = HoldStage.NewClock();

    [Fact]
    public async Task A_resync_restores_a_list_that_a_human_edited_and_a_dry_run_shows_the_calls_it_takes()
    {
        await using var host = await StartAsync();
        await EditAsync(host, removed: HoldStage.People(10, 25), restored: HoldStage.People(0, 4));
        (await host.HeldAsync(0, HoldStage.People(0, 60))).Count.ShouldBe(60 - 10 - 15 + 4);
        var calls = await host.CallsAsync();

        var plan = await host.ExecuteAsOperatorAsync(Path, new { remote = TestHost.Remote(0), dry_run = true });
        var list = plan.GetProperty("lists").EnumerateArray().Single();
        (list.Number("adds"), list.Number("removals"), list.Number("calls")).ShouldBe((50, 10, 2));
        (await host.CallsAsync()).ShouldBe(calls);
        (await host.ScalarAsync<long>("select count(*) from resyncs")).ShouldBe(0);

        await host.ExecuteAsOperatorAsync(
            Path,
            new
            {
                remote = TestHost.Remote(0),
                by = "ann",
                why = "the agency tidied up",
            }
        );
        await host.FinishedAsync();
        (await host.HeldAsync(0, HoldStage.People(0, 60))).ShouldBe(HoldStage.People(10, 60));
        (await host.CallsAsync()).ShouldBe(calls + 2, "one of adds, one of removals");
        (await host.ScalarAsync<string>("select string_agg(operation::text, '' order by call_id) from calls")).ShouldEndWith(
            "21",
            customMessage: "removals first"
        );
        await host.WaitUntilQuietAsync();
        var resync = (await host.GetAsync("/v1/resyncs")).GetProperty("resyncs").EnumerateArray().Single();
        (resync.Text("by"), resync.Text("state"), resync.Number("planned"), resync.Number("sent")).ShouldBe(("ann", "finished", 60, 60));
    }

    [Fact]
    public async Task The_list_is_never_empty_during_a_resync_and_webhooks_are_still_applied()
    {
        await using var host = await StartAsync();
        await EditAsync(host, removed: HoldStage.People(10, 11), restored: []);
        await host.Sandbox.FaultAsync(new { kind = "drop_after", count = 2 });
        await host.ExecuteAsOperatorAsync(Path, new { });
        await host.SendEventsAsync("remove", HoldStage.People(50, 60), second: 5);
        await host.SendEventsAsync("add", HoldStage.People(60, 70), second: 5);
        var fewest = 50;
        await host.UntilAsync(
            async () =>
            {
                fewest = Math.Min(fewest, (await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).Count);
                return await host.GetAsync("/v1/resyncs");
            },
            answer => answer.GetProperty("resyncs").EnumerateArray().All(one => one.Text("state") == "finished"),
            () => _clock.Advance(TimeSpan.FromSeconds(30))
        );
        await host.WaitUntilQuietAsync(meanwhile: () => _clock.Advance(TimeSpan.FromSeconds(30)));

        fewest.ShouldBeGreaterThanOrEqualTo(39);
        (await host.HeldAsync(0, HoldStage.People(0, 70))).ShouldBe([.. HoldStage.People(10, 50), .. HoldStage.People(60, 70)]);
    }

    [Fact]
    public async Task A_resync_of_a_host_that_dies_is_finished_by_the_next_host()
    {
        await using var host = await StartAsync();
        await EditAsync(host, removed: HoldStage.People(10, 40), restored: HoldStage.People(0, 2));
        await host.Sandbox.FaultAsync(new { kind = "server_error" });
        await host.ExecuteAsOperatorAsync(Path, new { });
        await host.UntilBindingAsync(0, binding => binding.Number("waiting") > 0, () => _clock.Advance(TimeSpan.FromSeconds(1)));
        await host.StopAsync();
        (await host.Sandbox.Admin.DeleteAsync("/admin/faults")).EnsureSuccessStatusCode();

        await using var next = await TestHost.StartAsync(
            new TestHostOptions
            {
                Clock = _clock,
                Database = host.Database,
                Platform = host.Sandbox,
                Audiences = Audiences,
            }
        );
        await next.FinishedAsync(() => _clock.Advance(TimeSpan.FromSeconds(30)));
        (await next.HeldAsync(0, HoldStage.People(0, 60))).ShouldBe(HoldStage.People(10, 60));
    }

    [Fact]
    public async Task A_member_that_a_human_removed_comes_back_and_a_stranger_that_they_added_stays()
    {
        await using var host = await StartAsync();
        await host.Sandbox.FaultAsync(
            new
            {
                kind = "human_edit",
                operation = "add",
                count = 1,
                seed = 3,
            }
        );
        await host.SendEventsAsync("add", HoldStage.People(60, 61), second: 5);
        await host.WaitUntilQuietAsync();
        var edited = await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL");
        HoldStage.People(10, 61).Count(person => edited.Contains(Digest(person))).ShouldBe(50, "one of 51 is missing");

        await host.ExecuteAsOperatorAsync(Path, new { });
        await host.FinishedAsync();

        var repaired = await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL");
        HoldStage.People(10, 61).ShouldAllBe(person => repaired.Contains(Digest(person)));
        repaired.Count.ShouldBe(52, "members that we never added are not ours to remove");
    }

    [Fact]
    public async Task A_list_that_was_deleted_and_created_again_is_filled_by_a_resync()
    {
        await using var host = await StartAsync();
        await host.Sandbox.FaultAsync(new { kind = "list_deleted", count = 1 });
        await host.SendEventsAsync("add", HoldStage.People(60, 61), second: 5);
        await host.UntilBindingAsync(0, binding => binding.Text("state") == "stopped");
        (await host.Sandbox.Admin.PostAsync("/admin/reset", null)).EnsureSuccessStatusCode();
        await host.ExecuteAsOperatorAsync(Path, new { });
        await host.ExecuteAsOperatorAsync("destinations/meta_main/resume", new { });

        await host.FinishedAsync();
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, HoldStage.People(0, 61))).ShouldBe(HoldStage.People(10, 61));
    }

    [Fact]
    public async Task The_verb_plans_starts_waits_and_refuses()
    {
        await using var host = await StartAsync();
        await EditAsync(host, removed: HoldStage.People(10, 25), restored: []);
        var environment = new Dictionary<string, string> { ["AUDIENCESYNC_POSTGRES"] = host.Database, ["USER"] = "ann" };
        var plan = await CommandRun.RunAsync(environment, "sync", "resync", "meta_main", "--dry-run", "--json");
        JsonDocument.Parse(plan.Output).RootElement.GetProperty("lists").EnumerateArray().Sum(list => list.Number("adds")).ShouldBe(50);

        var done = await CommandRun.RunAsync(environment, "sync", "resync", "meta_main", "--remote", TestHost.Remote(0), "--wait");
        done.ExitCode.ShouldBe(0, done.Error);
        done.Output.ShouldContain(TestHost.Remote(0));
        (await host.HeldAsync(0, HoldStage.People(0, 60))).ShouldBe(HoldStage.People(10, 60));
        (await host.ScalarAsync<string>("select asked_by from resyncs")).ShouldBe("ann");
        (await CommandRun.RunAsync(environment, "sync", "resync", "nowhere")).Error.ShouldStartWith("audiencesync: unknown_destination: ");
        (await host.PostAsOperatorAsync("destinations/nowhere/resync", new { })).Code.ShouldBe("unknown_destination");
    }

    // People 0 to 9 are former members, 10 to 59 current ones.
    private async Task<TestHost> StartAsync()
    {
        var host = await TestHost.StartAsync(new TestHostOptions { Clock = _clock, Audiences = Audiences });
        await host.SendEventsAsync("add", HoldStage.People(0, 60));
        await host.UntilHeldAsync(0, 60);
        await host.SendEventsAsync("remove", HoldStage.People(0, 10), second: 1);
        await host.WaitUntilQuietAsync();
        return host;
    }

    private static async Task EditAsync(TestHost host, string[] removed, string[] restored)
    {
        using var delete = new HttpRequestMessage(HttpMethod.Delete, $"/admin/lists/{TestHost.Remote(0)}/digests")
        {
            Content = Digests(removed),
        };
        (await host.Sandbox.Admin.SendAsync(delete)).EnsureSuccessStatusCode();
        if (restored.Length > 0)
        {
            (await host.Sandbox.Admin.PostAsync($"/admin/lists/{TestHost.Remote(0)}/digests", Digests(restored))).EnsureSuccessStatusCode();
        }
    }

    // The platform's own name, which our naming policy would write in lower case.
    private static JsonContent Digests(string[] people) =>
        JsonContent.Create(new Dictionary<string, List<string>> { ["EMAIL"] = [.. people.Select(Digest)] });

    private static string Digest(string person) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(person + "@example.com")));
}
