using System.Net.Http.Json;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Holding;

/// <summary>Too many removals at once wait for a human; opt-outs never do.</summary>
public sealed class PlanGuardTests
{
    private readonly OffsetClock _clock = HoldStage.NewClock();

    [Fact]
    public async Task Too_many_removals_wait_but_later_ones_and_opt_outs_do_not()
    {
        await using var host = await StartAsync(2_000);
        await PauseWhileAsync(host, () => host.SendEventsAsync("remove", HoldStage.People(0, 1_200), second: 1), pending: 1_200);

        var plan = await host.PlanAsync();
        (plan.Number("removals"), plan.Number("members"), plan.Text("state"), plan.Text("kind")).ShouldBe(
            (1_200, 2_000, "waiting", "removals")
        );
        (await host.UntilBindingAsync(0, binding => binding.Number("held_removals") == 1_200)).Number("pending_removals").ShouldBe(0);
        (await host.GetAsync("/v1/status")).GetProperty("quiet").GetBoolean().ShouldBeFalse();
        (await host.HeldAsync(0, HoldStage.People(0, 2_000))).Count.ShouldBe(2_000);

        await host.SendEventsAsync("remove", HoldStage.People(1_200, 1_230), second: 2);
        await host.UntilHeldAsync(0, 1_970);
        await host.ExecuteAsOperatorAsync("people/suppressions", new { email = "person7@example.com", reason = "they asked" });
        await host.UntilHeldAsync(0, 1_969);
        (await host.PostAsOperatorAsync("people/erasures", new { email = "person8@example.com" })).Status.ShouldBe(202);
        await host.UntilHeldAsync(0, 1_968);
        (await host.HeldAsync(0, HoldStage.People(0, 2_000))).ShouldBe(
            HoldStage.People(0, 2_000).Where((_, n) => n is not (7 or 8) and (< 1_200 or >= 1_230))
        );

        await host.SendEventsAsync("add", HoldStage.People(10, 12), second: 3);
        await host.ExecuteAsOperatorAsync($"plans/{plan.Number("plan")}/approve", new { by = "ann", why = "the campaign is over" });
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, HoldStage.People(0, 2_000))).ShouldBe([.. HoldStage.People(10, 12), .. HoldStage.People(1_230, 2_000)]);
        (await host.ScalarAsync<string>("select ended || ' ' || approved_by from removal_plans")).ShouldBe("done ann");
        (await host.PostAsOperatorAsync($"plans/{plan.Number("plan")}/approve", new { })).Code.ShouldBe("plan_ended");
    }

    [Fact]
    public async Task An_opt_out_from_before_the_plan_was_counted_is_removed_at_once()
    {
        await using var host = await StartAsync(2_000);
        await PauseWhileAsync(
            host,
            async () =>
            {
                await host.SendEventsAsync("remove", HoldStage.People(0, 1_200), second: 1);
                await host.ExecuteAsOperatorAsync("people/suppressions", new { email = "person5@example.com" });
                await host.ExecuteAsOperatorAsync("people/suppressions", new { email = "person1999@example.com" });
            },
            pending: 1_201
        );

        (await host.PlanAsync()).Number("removals").ShouldBe(1_199);
        await host.UntilHeldAsync(0, 1_998);
    }

    [Fact]
    public async Task Removals_in_small_batches_and_a_fifth_of_a_large_list_do_not_wait()
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
    public async Task An_approval_expires_and_a_plan_with_nothing_left_ends_by_itself()
    {
        await using var host = await StartAsync(2_000);
        await PauseWhileAsync(host, () => host.SendEventsAsync("remove", HoldStage.People(0, 1_200), second: 1), pending: 1_200);
        var plan = (await host.PlanAsync()).Number("plan");
        await host.Sandbox.FaultAsync(new { kind = "server_error", operation = "remove" });
        await host.ExecuteAsOperatorAsync($"plans/{plan}/approve", new { });
        (await host.PlanAsync()).Text("state").ShouldBe("approved");

        _clock.Advance(TimeSpan.FromHours(25));
        (await host.PlanAsync()).Text("state").ShouldBe("lapsed");

        // Paused, because the plan may be counted again while half of them are back. The platform fails until then: a removal that
        // was approved may still be in flight, and must not take effect.
        await host.ExecuteAsOperatorAsync("destinations/meta_main/pause", new { });
        await host.UntilBindingAsync(0, binding => binding.Text("state") == "paused");
        await host.SendEventsAsync("add", HoldStage.People(0, 1_200), second: 3);
        await host.UntilBindingAsync(0, binding => binding.Number("desired") == 2_000);
        (await host.Sandbox.Admin.DeleteAsync("/admin/faults")).EnsureSuccessStatusCode();
        await host.ExecuteAsOperatorAsync("destinations/meta_main/resume", new { });

        await host.WaitUntilQuietAsync(60, () => _clock.Advance(TimeSpan.FromMinutes(6)));
        (await host.ScalarAsync<string>("select ended from removal_plans")).ShouldBe("below");
        (await host.HeldAsync(0, HoldStage.People(0, 2_000))).Count.ShouldBe(2_000);
    }

    [Fact]
    public async Task A_key_switch_that_would_empty_the_list_waits_and_can_be_rolled_back_or_approved()
    {
        await using var host = await StartAsync(1_500);
        await host.ApplyChangeAsync($"keys/{HoldStage.Second}/publish", new { window_d = 3650 });
        await host.SendEventsAsync("add", HoldStage.People(1_490, 1_510), key: HoldStage.Second);
        await host.WaitUntilQuietAsync();

        await host.ApplyChangeAsync($"keys/{HoldStage.Second}/promote", new { });
        var plan = await host.PlanAsync();
        (plan.Text("kind"), plan.Number("removals")).ShouldBe(("switch", 1_490));
        // Members that enter may have been added before the plan was counted.
        plan.Number("members").ShouldBeOneOf(1_500, 1_510);
        await host.UntilHeldAsync(0, 1_510);
        await host.ExecuteAsOperatorAsync("people/suppressions", new { email = "person3@example.com" });
        await host.UntilHeldAsync(0, 1_509);
        await host.ApplyChangeAsync($"audiences/{RegistryStage.Audience}/rollback", new { });
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, HoldStage.People(0, 1_510))).ShouldBe(HoldStage.People(0, 1_500).Where((_, n) => n != 3));
        (await host.ScalarAsync<string>("select ended from removal_plans")).ShouldBe("superseded");

        await host.ApplyChangeAsync($"keys/{HoldStage.Second}/promote", new { });
        await host.ExecuteAsOperatorAsync($"plans/{(await host.PlanAsync()).Number("plan")}/approve", new { by = "ann" });
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

    // So that the lane gets all of it at once.
    private static async Task PauseWhileAsync(TestHost host, Func<Task> act, int pending)
    {
        await host.ExecuteAsOperatorAsync("destinations/meta_main/pause", new { });
        await host.UntilBindingAsync(0, binding => binding.Text("state") == "paused");
        await act();
        await host.UntilBindingAsync(0, binding => binding.Number("pending_removals") == pending);
        await host.ExecuteAsOperatorAsync("destinations/meta_main/resume", new { });
    }
}
