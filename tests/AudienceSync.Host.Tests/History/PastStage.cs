using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.History;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.People;
using AudienceSync.Host.Tests.Projecting;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.History;

/// <summary>Random stories of people who are merged later on, appended in many small batches, each some minutes after the last.</summary>
internal sealed class PastStage(TestWorkspace workspace, ProjectionStage stage) : IAsyncDisposable
{
    public TestWorkspace Workspace => workspace;

    public PublishedKey Key => KeyOf(1);

    /// <summary>Small chunks and few people per read, so that a list has many pages.</summary>
    public MembersAsOf Past { get; } = new(new PastQueries(workspace.Database), workspace.Keys) { ChunkPeople = 16, MaxPeople = 32 };

    public PersonPast People =>
        new(new PastQueries(workspace.Database), new PersonTrailQueries(workspace.Database), workspace.Keys, workspace.Clock);

    public NaivePast Naive { get; private set; } = null!;

    public PublishedKey KeyOf(int version) => workspace.Keys.ByName($"k0_v{version}")!;

    public Task<NaivePast> NaiveOfAsync(int version) => NaivePast.ReadAsync(workspace, version);

    /// <param name="seed">Seed of the stories.</param>
    /// <param name="stories">Number of stories.</param>
    /// <param name="batches">Number of appends.</param>
    /// <param name="window">Window of the first version; that of each successor is a quarter longer.</param>
    /// <param name="between">Time from one append to the next.</param>
    /// <param name="pageEvents">Events per page of the projector.</param>
    /// <param name="successors">Versions published in between; each inherits from the one before, and gets events from then on.</param>
    /// <param name="projectsMeanwhile">Whether the projector also runs in between and is stopped before it is done, or only at the
    /// end.</param>
    public static async Task<PastStage> CreateAsync(
        int seed,
        int stories,
        int batches,
        TimeSpan window,
        TimeSpan between,
        int pageEvents = 5_000,
        int successors = 0,
        bool projectsMeanwhile = false
    )
    {
        var random = new Random(seed);
        var workspace = await TestWorkspace.CreateAsync([window]);
        var past = new PastStage(workspace, new ProjectionStage(workspace));
        var events = Enumerable
            .Range(0, stories)
            .SelectMany(number => new PeopleStory(workspace.Webhooks, number, random).Events)
            .ToArray();
        random.Shuffle(events);
        var log = workspace.OpenLog();
        foreach (var (n, batch) in events.Chunk((events.Length / batches) + 1).Index())
        {
            var versions = Math.Min(successors, (successors + 1) * n / batches) + 1;
            if (versions > 1 && workspace.Keys.ByName($"k0_v{versions}") is null)
            {
                await past.PublishSuccessorAsync(versions, window * (1 + (0.25 * versions)));
            }

            await log.AppendAsync(
                [new PendingRequest([.. batch.Select(one => To(random.Next(versions) + 1, one))], [], default, TestWorkspace.Start)],
                default
            );
            workspace.Clock.Advance(between);
            if (projectsMeanwhile && random.Next(3) == 0)
            {
                await past.ProjectSomeAsync(pageEvents, random);
            }
        }

        await past.ProjectAsync(pageEvents);
        past.Naive = await NaivePast.ReadAsync(workspace);
        past.Naive.Events.Count(one => one.Owner is not null).ShouldBeGreaterThan(20, "people must be merged");
        return past;
    }

    /// <summary>Publishes a version that inherits from the one before.</summary>
    public async Task PublishSuccessorAsync(int version, TimeSpan window)
    {
        var registry = new AudienceRegistry(new RegistryStore(workspace.Database, workspace.Clock), workspace.Keys);
        await registry.ExecuteAsync(
            "k0",
            new PublishKey(version, new KeyTerms((long)window.TotalSeconds, Inherits: true), "test", null),
            default
        );
    }

    // The same event for another version.
    private static PendingEvent To(int version, PendingEvent sent)
    {
        var key = AudienceKey.Of("k0", version);
        return EventJson.Read(sent.Type, sent.Data) switch
        {
            AudienceMemberAdded added => sent with { Data = EventJson.Write(added with { AudienceKey = key }) },
            AudienceMemberRemoved removed => sent with { Data = EventJson.Write(removed with { AudienceKey = key }) },
            _ => sent,
        };
    }

    // A successor may be stopped halfway through its takeover, and more events arrive before it continues.
    private async Task ProjectSomeAsync(int pageEvents, Random random)
    {
        using var stop = new CancellationTokenSource();
        var running = stage.Run("host", pageEvents, stop.Token);
        await stage.ReachAsync(Math.Min(await stage.HeadAsync(), (await stage.PositionAsync()).Value + random.Next(60)));
        await stop.CancelAsync();
        await running;
    }

    /// <summary>Projects to the end of the log, and until every successor has taken over.</summary>
    public async Task ProjectAsync(int pageEvents)
    {
        using var stop = new CancellationTokenSource();
        var running = stage.Run("host", pageEvents, stop.Token);
        await stage.ReachAsync(await stage.HeadAsync());
        await stage.UntilAsync(async () =>
            await workspace.AskAsync<long>("select count(*) from audience_keys where inherits_from is not null and not inherit_done") == 0
        );
        await stop.CancelAsync();
        await running;
    }

    public async ValueTask DisposeAsync()
    {
        stage.Dispose();
        await workspace.DisposeAsync();
    }
}
