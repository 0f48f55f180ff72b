using System.Net.Http.Json;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Holding;

/// <summary>Removals that are too many at once wait for a human; nobody's own will does.</summary>
public sealed class PlanGuardTests
{
    private readonly OffsetClock _clock = HoldStage.NewClock();

    [Fact]
    public async Task Too_many_removals_wait_and_those_that_come_after_and_nobodys_own_will_do_not()
    {
        await using var host = await StartAsync(2_000);
        await PauseWhileAsync(host, () => host.SendEventsAsync("remove", HoldStage.People(0, 1_200), second: 1), pending: 1_200);

        var plan = await host.PlanAsync();
        (plan.Number("removals"), plan.Number("members"), plan.Text("state"), plan.Text("kind")).ShouldBe((1_200, 2_000, "waiting", "removals"));
        (await host.UntilBindingAsync(0, binding => binding.Number("held_removals") == 1_200)).Number("pending_removals").ShouldBe(0);
        (await host.GetAsync("/v1/status")).GetProperty("quiet").GetBoolean().ShouldBeFalse();
        (await host.HeldAsync(0, HoldStage.People(0, 2_000))).Count.ShouldBe(2_000);

        await host.SendEventsAsync("remove", HoldStage.People(1_200, 1_230), second: 2);
        await host.UntilHeldAsync(0, 1_970);
        await host.OrderAsync("people/suppressions", new { email = "person7@example.com", reason = "he asked" });
        await host.UntilHeldAsync(0, 1_969);
        (await host.DoAsync("people/erasures", new { email = "person8@example.com" })).Status.ShouldBe(202);
        await host.UntilHeldAsync(0, 1_968);
        (await host.HeldAsync(0, HoldStage.People(0, 2_000))).ShouldBe(HoldStage.People(0, 2_000).Where((_, n) => n is not (7 or 8) and (< 1_200 or >= 1_230)));

        await host.SendEventsAsync("add", HoldStage.People(10, 12), second: 3);
        await host.OrderAsync($"plans/{plan.Number("plan")}/approve", new { by = "ann", why = "the campaign is over" });
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, HoldStage.People(0, 2_000))).ShouldBe([.. HoldStage.People(10, 12), .. HoldStage.People(1_230, 2_000)]);
        (await host.ScalarAsync<string>("select ended || ' ' || approved_by from removal_plans")).ShouldBe("done ann");
        (await host.DoAsync($"plans/{plan.Number("plan")}/approve", new { })).Code.ShouldBe("plan_ended");
    }

    [Fact]
    public async Task Whose_own_will_it_was_before_the_plan_was_counted_is_removed_at_once()
    {
        await using var host = await StartAsync(2_000);
        await PauseWhileAsync(
            host,
            async () =>
            {
                await host.SendEventsAsync("remove", HoldStage.People(0, 1_200), second: 1);
                await host.OrderAsync("people/suppressions", new { email = "person5@example.com" });
                await host.OrderAsync("people/suppressions", new { email = "person1999@example.com" });
            },
            pending: 1_201);

        (await host.PlanAsync()).Number("removals").ShouldBe(1_199);
        await host.UntilHeldAsync(0, 1_998);
    }

    [Fact]
    public async Task What_comes_little_by_little_and_a_fifth_of_a_large_list_do_not_wait()
    {
        await using var host = await StartAsync(6_000);
        await PauseWhileAsync(host, () => host.SendEventsAsync("remove", HoldStage.People(0, 1_100), second: 1), pending: 1_100);
        await host.UntilHeldAsync(0, 4_900);
        for (var from = 1_100; from < 4_100; from += 750)
        {
            await host.SendEventsAsync("remove", HoldStage.People(from, from + 750), second: 2);
            await host.UntilHeldAsync(0, 6_000 - from - 750);
        }

        (await host.ScalarAsync<long>("select count(*) from removal_plans")).ShouldBe(0);
    }

    [Fact]
    public async Task An_approval_runs_out_and_a_plan_of_which_nothing_is_left_ends_by_itself()
    {
        await using var host = await StartAsync(2_000);
        await PauseWhileAsync(host, () => host.SendEventsAsync("remove", HoldStage.People(0, 1_200), second: 1), pending: 1_200);
        var plan = (await host.PlanAsync()).Number("plan");
        await host.Sandbox.FaultAsync(new { kind = "server_error", operation = "remove" });
        await host.OrderAsync($"plans/{plan}/approve", new { });
        (await host.PlanAsync()).Text("state").ShouldBe("approved");

        _clock.Advance(TimeSpan.FromHours(25));
        (await host.PlanAsync()).Text("state").ShouldBe("lapsed");

        // Paused, for the plan may be counted anew while half of them are back. The platform fails until then: a removal that was
        // approved may be on its way still, and must not arrive.
        await host.OrderAsync("destinations/meta_main/pause", new { });
        await host.UntilBindingAsync(0, binding => binding.Text("state") == "paused");
        await host.SendEventsAsync("add", HoldStage.People(0, 1_200), second: 3);
        await host.UntilBindingAsync(0, binding => binding.Number("desired") == 2_000);
        (await host.Sandbox.Admin.DeleteAsync("/admin/faults")).EnsureSuccessStatusCode();
        await host.OrderAsync("destinations/meta_main/resume", new { });

        await host.WaitUntilQuietAsync(60, () => _clock.Advance(TimeSpan.FromMinutes(6)));
        (await host.ScalarAsync<string>("select ended from removal_plans")).ShouldBe("below");
        (await host.HeldAsync(0, HoldStage.People(0, 2_000))).Count.ShouldBe(2_000);
    }

    [Fact]
    public async Task A_switch_of_the_key_that_would_empty_the_list_waits_and_can_be_taken_back_or_approved()
    {
        await using var host = await StartAsync(1_500);
        await host.DoneAsync($"keys/{HoldStage.Second}/publish", new { window_d = 3650 });
        await host.SendEventsAsync("add", HoldStage.People(1_490, 1_510), key: HoldStage.Second);
        await host.WaitUntilQuietAsync();

        await host.DoneAsync($"keys/{HoldStage.Second}/promote", new { });
        var plan = await host.PlanAsync();
        (plan.Text("kind"), plan.Number("removals")).ShouldBe(("switch", 1_490));
        // Those who enter may have been added before it was counted.
        plan.Number("members").ShouldBeOneOf(1_500, 1_510);
        await host.UntilHeldAsync(0, 1_510);
        await host.OrderAsync("people/suppressions", new { email = "person3@example.com" });
        await host.UntilHeldAsync(0, 1_509);
        await host.DoneAsync($"audiences/{RegistryStage.Audience}/rollback", new { });
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, HoldStage.People(0, 1_510))).ShouldBe(HoldStage.People(0, 1_500).Where((_, n) => n != 3));
        (await host.ScalarAsync<string>("select ended from removal_plans")).ShouldBe("superseded");

        await host.DoneAsync($"keys/{HoldStage.Second}/promote", new { });
        await host.OrderAsync($"plans/{(await host.PlanAsync()).Number("plan")}/approve", new { by = "ann" });
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, HoldStage.People(0, 1_510))).ShouldBe(HoldStage.People(1_490, 1_510));
        (await host.ScalarAsync<string>("select string_agg(ended, ' ' order by plan_id) from removal_plans")).ShouldBe("superseded done");
    }

    private async Task<TestHost> StartAsync(int people)
    {
        var audiences = new TestAudience[] { new("high_intent_cart_7d", 3_650), new("winback_45d", 45) };
        var host = await TestHost.StartAsync(new TestHostOptions { Clock = _clock, Audiences = audiences });
        await host.SendEventsAsync("add", HoldStage.People(0, people));
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, HoldStage.People(0, people))).Count.ShouldBe(people);
        return host;
    }

    // So that all of it is before the lane at once.
    private static async Task PauseWhileAsync(TestHost host, Func<Task> act, int pending)
    {
        await host.OrderAsync("destinations/meta_main/pause", new { });
        await host.UntilBindingAsync(0, binding => binding.Text("state") == "paused");
        await act();
        await host.UntilBindingAsync(0, binding => binding.Number("pending_removals") == pending);
        await host.OrderAsync("destinations/meta_main/resume", new { });
    }
}
