using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Attack;

/// <summary>SIGKILL of the Host and of its whole PostgreSQL at random moments, while senders retry until they get a response.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    public Task No_event_is_lost_or_duplicated_and_the_lists_equal_a_fold_after_a_few_kills(int seed) =>
        RunAsync(new KillPlan(seed, Events: 3_000, HostKills: 2, ServerKills: 1, TimeLimit: TimeSpan.FromMinutes(4)));

    [ProveFact]
    [Trait("Category", "Prove")]
    [Trait("Prove", "kills")]
    public Task No_event_is_lost_or_duplicated_and_the_lists_equal_a_fold_after_many_kills() =>
        RunAsync(new KillPlan(Seed: 2, Events: 30_000, HostKills: 10, ServerKills: 3, TimeLimit: TimeSpan.FromMinutes(20)));

    private async Task RunAsync(KillPlan plan)
    {
        await using var run = await KillRun.StartAsync(plan);
        await run.SendAndKillAsync();
        output.WriteLine(run.Figures);
        output.WriteLine(await run.CheckAsync());
    }
}
