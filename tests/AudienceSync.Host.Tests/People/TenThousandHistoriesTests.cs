using AudienceSync.Host.Tests.Ingest.Append;
using AudienceSync.Host.Tests.Projecting;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.People;

/// <summary>
/// Ten thousand random histories of adds, removes, links, merges, changed addresses, consent, suppression and erasure, in random order,
/// over two keys and three remote audiences: memberships and lists equal those of a naive reader at every check, and no call ever adds a
/// person who is erased, refused or suppressed at that time. Ten thousand in <c>./prove</c>, a sixth of them in <c>./test</c>.
/// </summary>
public sealed class TenThousandHistoriesTests
{
    private static readonly int Histories = ProveFactAttribute.IsProving ? 1_000 : 160;

    [Theory]
    [InlineData(101, 500, 5_000, "assumed", 0.01)]
    [InlineData(102, 200, 5_000, "key requires", 0.01)]
    [InlineData(103, 500, 700, "destination requires", 0.01)]
    [InlineData(104, 90, 5_000, "assumed", 0.005)]
    [InlineData(105, 300, 5_000, "assumed", 0.02)]
    [InlineData(106, 500, 450, "assumed", 0.01)]
    [InlineData(107, 400, 5_000, "key requires", 0.01)]
    [InlineData(108, 1_000, 5_000, "assumed", 0.02)]
    [InlineData(109, 250, 2_000, "destination requires", 0.01)]
    [InlineData(110, 500, 5_000, "assumed", 0.01)]
    public async Task Members_and_lists_equal_those_of_a_naive_reader_and_no_one_who_is_erased_or_refused_is_ever_added(
        int seed,
        int batchEvents,
        int pageEvents,
        string consent,
        double erasuresPerWebhook
    )
    {
        var given = new HistoryCase(seed, batchEvents, pageEvents, consent, erasuresPerWebhook);
        var random = new Random(seed);
        await using var workspace = await TestWorkspace.CreateAsync(null, HistoryCase.Window);
        if (given.KeyRequiresConsent)
        {
            workspace.RequireConsent();
        }

        using var projection = new ProjectionStage(workspace);
        using var stage = new HistoryStage(workspace, membersPerCall: 200);
        await stage.OpenAsync(given.DestinationRequiresConsent);
        var stories = Enumerable
            .Range(0, Histories)
            .Select(number => new PeopleStory(workspace.Webhooks, number, random, HistoryCase.Keys))
            .ToList();
        var run = new HistoryRun(workspace, stage, stories, given, random);

        await run.PlayAsync(projection);

        run.Completed.ShouldBeGreaterThan(Histories / 100, "otherwise no erasure was tested");
        run.Refused.ShouldBeGreaterThan(Histories / 100, "otherwise nothing was refused");
        run.Held.ShouldBeGreaterThan(Histories / 2, "otherwise the lists are almost empty");
        await LogChecks.VerifyAsync(workspace);
    }
}
