using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Projecting;

public sealed class ProjectionTests
{
    private static readonly TimeSpan?[] Windows = [null, TimeSpan.FromDays(7), TimeSpan.FromDays(1)];

    [Theory]
    [InlineData(1, 2_000, 4, 5_000)]
    [InlineData(2, 300, 8, 37)]
    [InlineData(3, 60, 10, 1)]
    public async Task Membership_is_what_a_naive_reader_of_the_log_computes(int seed, int customers, int eventsEach, int pageEvents)
    {
        await using var workspace = await TestWorkspace.CreateAsync(Windows);
        using var stage = new ProjectionStage(workspace);
        var history = new RandomHistory(workspace, seed, customers, eventsEach);
        history.Make();
        await history.AppendAsync(0, int.MaxValue);

        await stage.ProjectAsync(pageEvents);

        await history.VerifyAsync(stage);
    }

    [Fact]
    public async Task Every_event_counts_once_whenever_the_projector_is_stopped_or_its_connections_die()
    {
        const int seed = 77;
        await using var workspace = await TestWorkspace.CreateAsync(Windows);
        using var stage = new ProjectionStage(workspace);
        var history = new RandomHistory(workspace, seed, customers: 400, eventsEach: 10);
        history.Make();
        await history.AppendAsync(0, int.MaxValue);
        var (random, head, stops) = (new Random(seed), await stage.HeadAsync(), 0);
        for (; stops < 40 && (await stage.PositionAsync()).Value < head; stops++)
        {
            using var stop = new CancellationTokenSource();
            var running = stage.Run("host", pageEvents: 23, stop.Token);
            await stage.ReachAsync(Math.Min(head, (await stage.PositionAsync()).Value + random.Next(200)));
            if (random.Next(2) == 0)
            {
                await workspace.KillAsync();
            }

            await stop.CancelAsync();
            await running;
        }

        await stage.ProjectAsync(pageEvents: 23);

        stops.ShouldBeGreaterThan(5);
        await history.VerifyAsync(stage);
    }

    [Fact]
    public async Task Two_projectors_that_take_over_each_others_lease_count_every_event_once()
    {
        const int seed = 78;
        await using var workspace = await TestWorkspace.CreateAsync(Windows);
        using var stage = new ProjectionStage(workspace);
        var history = new RandomHistory(workspace, seed, customers: 400, eventsEach: 10);
        history.Make();
        await history.AppendAsync(0, int.MaxValue);
        var head = await stage.HeadAsync();
        using var stop = new CancellationTokenSource();
        Task[] running = [stage.Run("one", pageEvents: 11, stop.Token), stage.Run("two", pageEvents: 13, stop.Token)];

        await stage.UntilAsync(async () =>
        {
            await workspace.ExecuteAsync("update leases set until = clock_timestamp() - interval '1 second'");
            return (await stage.PositionAsync()).Value >= head;
        });
        await stop.CancelAsync();
        await Task.WhenAll(running);

        (await workspace.AskAsync<long>("select fence from leases")).ShouldBeGreaterThan(2, "the lease must have changed owners");
        await history.VerifyAsync(stage);
    }

    [Fact]
    public async Task Appending_in_two_halves_gives_the_same_result_as_appending_at_once()
    {
        const int seed = 79;
        await using var workspace = await TestWorkspace.CreateAsync(Windows);
        using var stage = new ProjectionStage(workspace);
        var history = new RandomHistory(workspace, seed, customers: 100, eventsEach: 10);
        history.Make();

        await history.AppendAsync(0, 500);
        await stage.ProjectAsync(pageEvents: 50);
        await history.AppendAsync(500, 500);
        await stage.ProjectAsync(pageEvents: 50);

        await history.VerifyAsync(stage);
    }
}
