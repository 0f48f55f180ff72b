using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>After a key switch the platform has the members of the new key, and only the difference was sent.</summary>
public sealed class CutoverTests
{
    private const string First = "high_intent_cart_7d_v1";

    private const string Second = "high_intent_cart_7d_v2";

    private static readonly OffsetClock Clock = new(new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero));

    private static string[] People => [.. Enumerable.Range(0, 60).Select(n => $"person{n}")];

    [Fact]
    public async Task A_promotion_sends_the_difference_and_a_rollback_restores_the_former_set()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = Clock });
        await host.ApplyChangeAsync($"keys/{Second}/publish", new { window_d = 30, by = "ann" });
        await FillAsync(host);
        (await host.HeldAsync(0, People)).ShouldBe(People.Take(40), "the shadow sends nothing");

        await host.ApplyChangeAsync($"keys/{Second}/promote", new { by = "ann", why = "trial" });
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, People)).ShouldBe(People.Skip(20));
        (await SentAsync(host)).ShouldBe((20, 60), "20 leave; 40 were added before, and 20 enter");

        await host.ApplyChangeAsync($"audiences/{RegistryStage.Audience}/rollback", new { by = "ben" });
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, People)).ShouldBe(People.Take(40));
        (await SentAsync(host)).ShouldBe((40, 80));
        (await host.HistoryAsync())[^2..].ShouldBe(["ann: audience_key_promoted", "ben: audience_key_rolled_back"]);
        (await host.ScalarAsync<long>("select count(*) from cutovers where finished_at is null")).ShouldBe(0);
    }

    [Fact]
    public async Task Late_events_of_the_old_key_change_nothing_and_those_of_the_new_key_do()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = Clock });
        await host.ApplyChangeAsync($"keys/{Second}/publish", new { });
        await FillAsync(host);
        await host.ApplyChangeAsync($"keys/{Second}/promote", new { });
        await host.SendEventAsync("remove", First, "person30", second: 5);
        await host.SendEventAsync("add", First, "person0", second: 6);
        await host.SendEventAsync("remove", Second, "person59", second: 7);
        await host.SendEventAsync("add", Second, "person1", second: 8);
        await host.WaitUntilQuietAsync();
        (await host.HeldAsync(0, People)).ShouldBe(People.Where((_, n) => n is 1 or (>= 20 and < 59)));
    }

    [Fact]
    public async Task Switches_back_and_forth_under_load_and_faults_end_at_the_key_that_feeds()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = Clock });
        await host.ApplyChangeAsync($"keys/{Second}/publish", new { });
        await FillAsync(host);
        await host.Sandbox.FaultAsync(new { kind = "drop_after", count = 5 });
        var random = new Random(7);
        for (var i = 0; i < 12; i++)
        {
            await host.ApplyChangeAsync($"keys/{(i % 2 == 0 ? Second : First)}/promote", new { });
            for (var n = 0; n < 8; n++)
            {
                var person = People[random.Next(People.Length)];
                await host.SendEventAsync(
                    random.Next(2) == 0 ? "add" : "remove",
                    random.Next(2) == 0 ? First : Second,
                    person,
                    $"{i} {n}",
                    10 + i
                );
            }
        }

        await host.ApplyChangeAsync($"keys/{Second}/promote", new { });
        await host.WaitUntilQuietAsync(60, () => Clock.Advance(TimeSpan.FromMinutes(2)));
        var present = await host.GetAsync($"/v1/audiences/{Second}/members?limit=1000");
        (await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).Count.ShouldBe(present.GetProperty("members").GetArrayLength());
        (
            await host.ScalarAsync<long>(
                "select count(*) from ledger l join bindings b using (binding_id) where l.status = 2 and not exists "
                    + "(select from membership m where m.key_id = b.key_id and m.person = l.person and m.state = 1)"
            )
        ).ShouldBe(0);
    }

    // The first key has people 0 to 39, the second 20 to 59.
    private static async Task FillAsync(TestHost host)
    {
        foreach (var person in People.Take(40))
        {
            (await host.SendEventAsync("add", First, person)).Status.ShouldBe(200);
        }

        foreach (var person in People.Skip(20))
        {
            (await host.SendEventAsync("add", Second, person)).Status.ShouldBe(200);
        }

        await host.WaitUntilQuietAsync();
    }

    private static async Task<(long Removed, long Added)> SentAsync(TestHost host) =>
        (
            await host.ScalarAsync<long>("select coalesce(sum(members), 0)::bigint from calls where operation = 2"),
            await host.ScalarAsync<long>("select coalesce(sum(members), 0)::bigint from calls where operation = 1")
        );
}
