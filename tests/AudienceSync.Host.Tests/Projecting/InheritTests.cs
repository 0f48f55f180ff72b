using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Projecting;

/// <summary>
/// A version that inherits receives its predecessor's earlier events, those that arrive while its rows are processed, and later ones.
/// </summary>
public sealed class InheritTests
{
    private const int People = 200;

    [Theory]
    [InlineData(11, 7)]
    [InlineData(12, 60)]
    [InlineData(13, 5_000)]
    public async Task A_successor_ends_as_if_it_had_received_all_events(int seed, int pageEvents)
    {
        var random = new Random(seed);
        await using var workspace = await TestWorkspace.CreateAsync(TimeSpan.FromDays(7));
        using var stage = new ProjectionStage(workspace);
        var log = workspace.OpenLog();
        var sent = new List<(int Version, SentFact Fact)>();
        await SendEventsAsync(workspace, log, sent, random, versions: [1]);
        await stage.ProjectAsync(pageEvents);

        await PublishAsync(workspace, 2);
        await SendEventsAsync(workspace, log, sent, random, versions: [1, 2]);
        await stage.ProjectAsync(pageEvents);
        await PublishAsync(workspace, 3);
        await SendEventsAsync(workspace, log, sent, random, versions: [1, 2, 3]);
        using var stop = new CancellationTokenSource();
        var running = stage.Run("host", pageEvents, stop.Token);
        await stage.ReachAsync(await stage.HeadAsync());
        await stage.UntilAsync(async () => await OpenAsync(workspace) == 0);
        await SendEventsAsync(workspace, log, sent, random, versions: [1, 2, 3]);
        await stage.ReachAsync(await stage.HeadAsync());
        await stop.CancelAsync();
        await running;

        foreach (var version in new[] { 1, 2, 3 })
        {
            (await RowsAsync(workspace, version)).ShouldBe(
                Expected(workspace, [.. sent.Where(one => one.Version <= version).Select(one => one.Fact)]),
                $"seed {seed}, version {version}"
            );
        }

        (await workspace.AskAsync<long>("select applied + superseded - (select count(*) from mt_events) from projection_counts")).ShouldBe(
            0,
            "an event counts once"
        );
    }

    // The sweep of version 2 takes several pages, and events give version 3 rows of its own before that sweep reaches their people.
    [Theory]
    [InlineData(21, 7)]
    [InlineData(22, 31)]
    public async Task A_version_published_while_its_predecessor_still_takes_over_keeps_its_own_rows(int seed, int pageEvents)
    {
        var random = new Random(seed);
        await using var workspace = await TestWorkspace.CreateAsync(TimeSpan.FromDays(7));
        using var stage = new ProjectionStage(workspace);
        var log = workspace.OpenLog();
        var sent = new List<(int Version, SentFact Fact)>();
        await SendEventsAsync(workspace, log, sent, random, versions: [1]);
        await stage.ProjectAsync(pageEvents);

        await PublishAsync(workspace, 2);
        await PublishAsync(workspace, 3);
        await SendEventsAsync(workspace, log, sent, random, versions: [3]);
        using var stop = new CancellationTokenSource();
        var running = stage.Run("host", pageEvents, stop.Token);
        await stage.ReachAsync(await stage.HeadAsync());
        await stage.UntilAsync(async () => await OpenAsync(workspace) == 0);
        await stop.CancelAsync();
        await running;

        foreach (var version in new[] { 1, 2, 3 })
        {
            var expected = Expected(workspace, [.. sent.Where(one => one.Version <= version).Select(one => one.Fact)]);
            (await RowsAsync(workspace, version)).ShouldBe(expected, $"seed {seed}, version {version}");
        }
    }

    private static Task<long> OpenAsync(TestWorkspace workspace) =>
        workspace.AskAsync<long>("select count(*) from audience_keys where inherits_from is not null and not inherit_done");

    private static async Task PublishAsync(TestWorkspace workspace, int version)
    {
        var registry = new AudienceRegistry(new RegistryStore(workspace.Database, workspace.Clock));
        await registry.ExecuteAsync("k0", new PublishKey(version, new KeyTerms(7 * 86_400, Inherits: true), "test", null), default);
    }

    private static async Task SendEventsAsync(
        TestWorkspace workspace,
        EventLogStore log,
        List<(int Version, SentFact Fact)> sent,
        Random random,
        int[] versions
    )
    {
        var events = new List<PendingEvent>();
        for (var n = 0; n < 3 * People; n++)
        {
            var version = versions[random.Next(versions.Length)];
            var fact = new SentFact(
                $"customer {random.Next(People)}",
                random.Next(5) < 3,
                TestWorkspace.Start.AddMinutes(-random.Next(1, 600))
            );
            var key = AudienceKey.Of("k0", version);
            IStoredEvent stored = fact.Add
                ? new AudienceMemberAdded(key, fact.At, "test", default, null)
                : new AudienceMemberRemoved(key, fact.At, "test", default, null);
            events.Add(workspace.Webhooks.Event($"{sent.Count}", stored, fact.At, fact.Customer));
            sent.Add((version, fact));
        }

        foreach (var batch in events.Chunk(100))
        {
            await log.AppendAsync([new PendingRequest(batch, [], default, TestWorkspace.Start)], default);
        }
    }

    private static List<string> Expected(TestWorkspace workspace, List<SentFact> sent) =>
        [
            .. sent.GroupBy(one => one.Customer)
                .Select(person =>
                {
                    var added = person.Where(one => one.Add).Max(one => (DateTimeOffset?)one.At);
                    var removed = person.Where(one => !one.Add).Max(one => (DateTimeOffset?)one.At);
                    var status = added > (removed ?? DateTimeOffset.MinValue) ? MembershipStatus.Present : MembershipStatus.Removed;
                    return $"{workspace.Webhooks.Alias(IdentifierKind.CustomerId, person.Key).Digest.Value} {(short)status}";
                })
                .Order(StringComparer.Ordinal),
        ];

    private static async Task<List<string>> RowsAsync(TestWorkspace workspace, int version)
    {
        var rows = await workspace.RowsAsync(
            $"""
            select p.anchor, m.state from membership m join people p on p.person = m.person
            join audience_keys k on k.key_id = m.key_id where k.audience_key = 'k0_v{version}'
            """
        );
        return [.. rows.Order(StringComparer.Ordinal)];
    }

    private sealed record SentFact(string Customer, bool Add, DateTimeOffset At);
}
