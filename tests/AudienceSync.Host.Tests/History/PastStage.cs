using AudienceSync.Host.History;
using AudienceSync.Host.Storage.Audiences;
using AudienceSync.Host.Storage.History;
using AudienceSync.Host.Storage.Log;
using AudienceSync.Host.Tests.People;
using AudienceSync.Host.Tests.Projecting;
using AudienceSync.Host.Tests.Storage;

namespace AudienceSync.Host.Tests.History;

/// <summary>Random stories of people who turn out to be one another, heard in many small batches, each some minutes after the last.</summary>
internal sealed class PastStage(TestWorkspace workspace, ProjectionStage stage) : IAsyncDisposable
{
    public TestWorkspace Workspace => workspace;

    public PublishedKey Key => workspace.Keys.ByName("k0_v1")!;

    /// <summary>Small pages and few looks, so that a list is long in pages.</summary>
    public MembersAsOf Past { get; } = new(new PastReader(workspace.Database)) { ChunkPeople = 16, MostPeople = 32 };

    public PersonPast People => new(new PastReader(workspace.Database), new PersonTrail(workspace.Database), workspace.Keys, workspace.Clock);

    public NaivePast Naive { get; private set; } = null!;

    public static async Task<PastStage> CreateAsync(int seed, int stories, int batches, TimeSpan window, TimeSpan between, int pageEvents = 5_000)
    {
        var random = new Random(seed);
        var workspace = await TestWorkspace.CreateAsync([window]);
        var past = new PastStage(workspace, new ProjectionStage(workspace));
        var events = Enumerable.Range(0, stories).SelectMany(number => new PeopleStory(workspace.Webhooks, number, random).Events).ToArray();
        random.Shuffle(events);
        await using var log = workspace.OpenLog();
        foreach (var batch in events.Chunk((events.Length / batches) + 1))
        {
            await log.AppendAsync([new PendingRequest(batch, [], default, TestWorkspace.Start)], default);
            workspace.Clock.Advance(between);
        }

        await past.ProjectAsync(pageEvents);
        past.Naive = await NaivePast.ReadAsync(workspace);
        past.Naive.Events.Count(one => one.Owner is not null).ShouldBeGreaterThan(20, "people must turn out to be others");
        return past;
    }

    public Task ProjectAsync(int pageEvents) => stage.ProjectAsync(pageEvents);

    public async ValueTask DisposeAsync()
    {
        stage.Dispose();
        await workspace.DisposeAsync();
    }
}
