using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Exposures;
using AudienceSync.Host.Tests.Holding;
using AudienceSync.Host.Tests.Privacy.Erasure;
using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Experiments;

/// <summary>Experiments through a whole Host, to the lists of the platform.</summary>
public sealed class HoldoutTests(ITestOutputHelper output)
{
    private readonly OffsetClock _clock = HoldStage.NewClock();

    [Fact]
    public Task Nobody_of_thousands_who_are_held_out_is_ever_sent() => HoldOutAsync(people: 3_000, percent: 30);

    [ProveFact]
    [Trait("Category", "Prove")]
    public Task Nobody_of_a_hundred_thousand_who_are_held_out_is_ever_sent() => HoldOutAsync(people: 125_000, percent: 81);

    [Fact]
    public async Task An_experiment_that_starts_on_a_delivered_audience_waits_for_approval_and_its_end_delivers_everybody()
    {
        await using var host = await StartAsync();
        var people = HoldStage.People(0, 2_600);
        await host.SendEventsAsync("add", people);
        await host.WaitUntilQuietAsync();
        await host.HoldOutAsync(50);
        var held = await host.UntilAssignedAsync();
        held.ShouldBeGreaterThan(1_000, "fewer pass without approval");

        var plan = await host.PlanAsync();
        (plan.Number("removals"), plan.Number("members"), plan.Text("state")).ShouldBe((held, 2_600, "waiting"));
        (await host.HeldAsync(0, people)).Count.ShouldBe(2_600, "nobody was removed yet");

        // A removal and an opt-out do not wait for the plan, whichever arm they are in.
        await host.SendEventsAsync("remove", HoldStage.People(0, 20), second: 1);
        await host.ExecuteAsOperatorAsync("people/suppressions", new { email = "person30@example.com" });
        await host.UntilHeldAsync(0, 2_579);

        // Nor does an erasure of somebody who was delivered before and is held out by now.
        var erased = (await host.EraseAsync(new { email = "person40@example.com" })).Id();
        await host.ErasedAsync(erased, () => _clock.Advance(TimeSpan.FromSeconds(30)));
        await host.UntilHeldAsync(0, 2_578);

        await host.ExecuteAsOperatorAsync($"plans/{plan.Number("plan")}/approve", new { by = "ann" });
        await host.WaitUntilQuietAsync();
        var left = await host.ScalarAsync<long>("select count(*) from membership where state = 1 and key_id = 1");
        (await host.HeldAsync(0, people)).Count.ShouldBe((int)left);
        (await host.SentOfHeldAsync()).ShouldBeGreaterThan(0, "they were sent before");

        await host.ExecuteAsOperatorAsync($"audiences/{RegistryStage.Audience}/experiments/spring_holdout/end", new { by = "ben" });
        (await host.UntilAssignedAsync(phase: 3)).ShouldBe(0);
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, people)).Count.ShouldBe(2_578);
        (await host.HistoryAsync()).TakeLast(2).ShouldBe(["ann: audience_experiment_declared", "ben: audience_experiment_ended"]);
    }

    [Fact]
    public async Task An_experiment_starts_and_ends_by_itself()
    {
        await using var host = await StartAsync();
        await host.SendEventsAsync("add", HoldStage.People(0, 200));
        await host.WaitUntilQuietAsync();
        await host.HoldOutAsync(50, _clock.GetUtcNow().AddDays(1), _clock.GetUtcNow().AddDays(3));
        (await host.UntilAssignedAsync(phase: 1)).ShouldBe(0);

        _clock.Advance(TimeSpan.FromDays(2));
        var held = (int)await host.UntilAssignedAsync();
        held.ShouldBeInRange(50, 150);
        await host.WaitUntilQuietAsync();
        await host.UntilHeldAsync(0, 200 - held);

        _clock.Advance(TimeSpan.FromDays(2));
        (await host.UntilAssignedAsync(phase: 3)).ShouldBe(0);
        await host.WaitUntilQuietAsync();
        await host.UntilHeldAsync(0, 200);
    }

    [Fact]
    public async Task The_arm_is_in_the_audience_in_an_explanation_in_the_list_of_members_and_in_the_exposure_log()
    {
        await using var host = await StartAsync(ExposureSurfaceTests.WithExposures);
        await host.HoldOutAsync(50);
        await host.UntilAssignedAsync();
        await host.SendEventsAsync("add", HoldStage.People(0, 60));
        await host.WaitUntilQuietAsync();
        await ExposureSurfaceTests.WaitAsync(host);

        var shown = (await host.GetAsync($"/v1/audiences/{RegistryStage.Audience}")).GetProperty("experiments")[0];
        (shown.Text("name"), shown.Text("salt"), shown.Text("state")).ShouldBe(("spring_holdout", "spring_holdout", "running"));
        shown.GetProperty("shares").GetProperty("holdout").GetDecimal().ShouldBe(50);
        var sizes = shown.GetProperty("sizes")[0];
        var (treatment, holdout) = (sizes.Number("treatment"), sizes.Number("holdout"));
        (treatment + holdout).ShouldBe(60);
        holdout.ShouldBe(await host.ScalarAsync<long>(ExperimentStage.HeldSql));
        sizes.GetProperty("chi_square").GetDouble().ShouldBe(Math.Pow(holdout - 30, 2) / 15, 0.001);

        var listed = (await host.GetAsync($"/v1/audiences/{HoldStage.First}/members?limit=100"))
            .GetProperty("members")
            .EnumerateArray()
            .ToList();
        listed.Count.ShouldBe(60, "who is held out is a member");
        listed.Count(member => member.Text("status") == "held_out").ShouldBe((int)holdout);
        foreach (var member in listed.Take(5))
        {
            var why = (await host.GetAsync($"/v1/people/{member.Text("person")}/why/{HoldStage.First}")).GetProperty("membership");
            why.Text("status").ShouldBe(member.Text("status"));
            var arm = why.GetProperty("arm");
            (arm.Text("experiment"), arm.Text("arm"), arm.Text("decided_by")).ShouldBe(
                ("spring_holdout", member.Text("status") == "held_out" ? "holdout" : "treatment", member.Text("person"))
            );
        }

        (
            await host.ScalarAsync<string>(
                "select string_agg(arm || ' ' || kind || ' ' || n, ', ' order by arm, kind) from (select arm, kind, count(*) as n "
                    + "from exposure_events where experiment = 'spring_holdout' group by arm, kind) x"
            )
        ).ShouldBe(
            $"holdout assigned {holdout}, holdout eligible {holdout}, treatment acknowledged {treatment}, "
                + $"treatment assigned {treatment}, treatment eligible {treatment}, treatment sent {treatment}"
        );
        (
            await host.ScalarAsync<long>(
                "select count(*) from exposure_events where arm = 'holdout' and kind = 'assigned' and reason = 'holdout'"
            )
        ).ShouldBe(holdout);
    }

    [Fact]
    public async Task What_cannot_be_declared_is_refused_with_its_code_and_a_repetition_changes_nothing()
    {
        await using var host = await StartAsync();
        var shares = new { treatment = 90, holdout = 10 };
        foreach (var name in new[] { null, "", "Spring", new string('a', 101) })
        {
            var refused = await host.DeclareAsync(shares, name);
            (refused.Status, refused.Code).ShouldBe((422, "experiment_invalid"));
        }

        foreach (var wrong in new object?[] { null, new { treatment = 90, holdout = 20 }, new { treatment = 99.995m, holdout = 0.005m } })
        {
            (await host.DeclareAsync(wrong)).Code.ShouldBe("experiment_invalid");
        }

        (await host.DeclareAsync(shares)).Json.GetProperty("changes").GetArrayLength().ShouldBe(1);
        (await host.DeclareAsync(shares)).Json.GetProperty("changes").GetArrayLength().ShouldBe(0);
        var changed = await host.DeclareAsync(new { treatment = 80, holdout = 20 });
        (changed.Status, changed.Code).ShouldBe((409, "experiment_changed"));
        (await host.DeclareAsync(shares, "summer")).Code.ShouldBe("experiment_overlaps");
        var unknown = await host.PostAsOperatorAsync($"audiences/{RegistryStage.Audience}/experiments/winter/end", new { });
        (unknown.Status, unknown.Code).ShouldBe((404, "unknown_experiment"));
    }

    private async Task HoldOutAsync(int people, decimal percent)
    {
        await using var host = await StartAsync();
        await host.HoldOutAsync(percent);
        await host.UntilAssignedAsync();
        var all = HoldStage.People(0, people);
        await host.SendEventsAsync("add", all);
        await host.WaitUntilQuietAsync(atMost_s: 300);

        var held = await host.ScalarAsync<long>(ExperimentStage.HeldSql);
        var sigma = Math.Sqrt(people * (double)percent / 100 * (1 - ((double)percent / 100)));
        var off = (held - (people * (double)percent / 100)) / sigma;
        output.WriteLine($"{held} of {people} held out, {off:0.00} sigma; {await host.CallsAsync()} calls");

        // People are random here, so the bound is wider than where they are seeded.
        Math.Abs(off).ShouldBeLessThan(6);
        (await host.SentOfHeldAsync()).ShouldBe(0);
        (await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).Count.ShouldBe((int)(people - held));

        // Leaving, coming back and leaving again changes no arm, sends nobody who is held out, and keeps nobody who left.
        var some = HoldStage.People(0, 500);
        await host.SendEventsAsync("remove", some, second: 1);
        await host.WaitUntilQuietAsync(atMost_s: 120);
        await host.SendEventsAsync("add", some, second: 2);
        await host.WaitUntilQuietAsync(atMost_s: 120);
        (await host.ScalarAsync<long>(ExperimentStage.HeldSql)).ShouldBe(held);
        (await host.SentOfHeldAsync()).ShouldBe(0);
        await host.SendEventsAsync("remove", some, second: 3);
        await host.WaitUntilQuietAsync(atMost_s: 120);
        (await host.HeldAsync(0, all)).ShouldAllBe(person => !some.Contains(person));
        (await host.ScalarAsync<long>("select count(*) from removal_plans")).ShouldBe(0);
    }

    private Task<TestHost> StartAsync(Func<TestHostOptions, TestHostOptions>? change = null)
    {
        var audiences = new TestAudience[] { new("high_intent_cart_7d", 3_650), new("winback_45d", 45) };
        var options = new TestHostOptions { Clock = _clock, Audiences = audiences };
        return TestHost.StartAsync(change?.Invoke(options) ?? options);
    }
}
