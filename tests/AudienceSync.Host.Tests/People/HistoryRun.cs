using System.Globalization;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.Projecting;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.People;

/// <summary>
/// Runs many stories in one workspace, with erasures requested and completed in between, and after each part compares lists, calls and
/// memberships with those that a reader of the stories expects.
/// </summary>
internal sealed class HistoryRun(
    TestWorkspace workspace,
    HistoryStage stage,
    IReadOnlyList<PeopleStory> stories,
    HistoryCase given,
    Random random
)
{
    private static readonly TimeSpan?[] Windows = [null, HistoryCase.Window];

    private readonly Dictionary<string, PeopleStory> _storyOf = new(StringComparer.Ordinal);
    private readonly List<(PeopleStory Story, NaiveErasure Naive, Guid Id)> _waiting = [];
    private readonly Dictionary<Guid, Guid> _anchors = [];
    private readonly List<StoryEvent> _past = [];
    private readonly HashSet<StoryEvent> _erased = [];
    private readonly Dictionary<StoryEvent, PeopleStory> _origin = stories
        .SelectMany(story => story.StoryEvents.Select(sent => (sent, story)))
        .ToDictionary(one => one.sent, one => one.story);
    private long _refused;

    /// <summary>Number of completed erasures.</summary>
    public int Completed { get; private set; }

    /// <summary>Number of webhooks refused because they name an erased person.</summary>
    public long Refused => _refused;

    /// <summary>Number of addresses on the lists.</summary>
    public int Held => HistoryStage.Feeds.Sum(feed => stage.Lists(feed).Held(feed.Remote).Count);

    public async Task PlayAsync(ProjectionStage projection)
    {
        var sent = stories.SelectMany(story => story.StoryEvents).ToArray();
        random.Shuffle(sent);
        var log = workspace.OpenLog();
        foreach (var part in sent.Chunk((sent.Length / 4) + 1))
        {
            foreach (var batch in part.Chunk(given.BatchEvents))
            {
                await AppendAsync(log, batch);
                await EraseSomeAsync(batch.Length);
            }

            await projection.ProjectAsync(given.PageEvents);
            await CompleteSomeAsync(chance: 0.3);
            await CheckAsync(await stage.SettleAsync());
            await CompleteSomeAsync(chance: 0.7);
        }

        await projection.ProjectAsync(given.PageEvents);
        await CheckAsync(await stage.SettleAsync());
        await CompleteSomeAsync(chance: 1);
        _waiting.ShouldBeEmpty($"{given}: every erasure ends once no platform has the person");
        (await stage.RefusedEventsAsync()).ShouldBe(_refused, $"{given}: refused events are counted");
    }

    // Some earlier events are redelivered.
    private async Task AppendAsync(EventLogStore log, StoryEvent[] batch)
    {
        var again = Enumerable
            .Range(0, _past.Count == 0 ? 0 : (batch.Length + 19) / 20)
            .Select(_ => _past[random.Next(_past.Count)])
            .Distinct()
            .ToList();
        var request = new PendingRequest([.. batch.Concat(again).Select(one => one.Event)], [], default, TestWorkspace.Start);
        var outcomes = (await log.AppendAsync([request], default))[0].Items.ToArray();
        for (var n = 0; n < batch.Length; n++)
        {
            var (sent, people) = (batch[n], _origin[batch[n]].People);
            (outcomes[n] == ItemOutcome.PersonErased).ShouldBe(people.Refuses(sent), $"{given}: {sent}");
            if (outcomes[n] == ItemOutcome.PersonErased)
            {
                _erased.Add(sent);
            }
            else
            {
                people.Apply(sent);
            }
        }

        _refused += batch.Concat(again).Count(sent => _origin[sent].People.Refuses(sent));
        _past.AddRange(batch);
    }

    private async Task EraseSomeAsync(int after)
    {
        for (var webhook = 0; webhook < after; webhook++)
        {
            if (random.NextDouble() >= given.ErasuresPerWebhook)
            {
                continue;
            }

            var story = stories[random.Next(stories.Count)];
            Name[] names =
            [
                .. Enumerable
                    .Range(0, random.Next(4) == 0 ? 2 : 1)
                    .Select(_ => story.RandomName(random))
                    .Distinct()
                    .OrderBy(name => name.Kind),
            ];
            var naive = story.People.Erase(names);
            var id = await stage.RequestErasureAsync(names);
            (id is null).ShouldBe(naive is null, $"{given}: {string.Join(' ', names)} in\n{Describe(story)}");
            if (naive is { StoryEvents.Count: > 0 } && !_waiting.Exists(one => one.Naive == naive))
            {
                _waiting.Add((story, naive, id!.Value));
            }
        }
    }

    private async Task CompleteSomeAsync(double chance)
    {
        foreach (var (person, anchor) in await PairsAsync("select person, anchor from people"))
        {
            _anchors[anchor] = person;
        }

        foreach (var one in _waiting.Where(_ => random.NextDouble() < chance).ToList())
        {
            if (!await stage.TryCompleteAsync(one.Id))
            {
                continue;
            }

            var addresses = one.Story.People.Complete(one.Naive).Select(name => name.Text).ToList();
            _waiting.Remove(one);
            Completed++;
            foreach (var feed in HistoryStage.Feeds)
            {
                stage
                    .Lists(feed)
                    .Held(feed.Remote)
                    .Intersect(addresses)
                    .ShouldBeEmpty($"{given}: a receipt was written for\n{Describe(one.Story)}");
            }
        }
    }

    private async Task CheckAsync(List<(string Remote, string Address)> added)
    {
        foreach (var feed in HistoryStage.Feeds)
        {
            var held = stage.Lists(feed).Held(feed.Remote).ToLookup(StoryOf);
            var calls = added.Where(one => one.Remote == feed.Remote).Select(one => one.Address).ToLookup(StoryOf);
            foreach (var story in stories)
            {
                var expected = story
                    .Held(feed.Destination, Demand(feed.Key), given.DestinationRequiresConsent)
                    .ToHashSet(StringComparer.Ordinal);
                held[story]
                    .Order(StringComparer.Ordinal)
                    .ShouldBe(expected.Order(StringComparer.Ordinal), $"{given}, {feed}:\n{Describe(story)}");
                calls[story].Except(expected).ShouldBeEmpty($"{given}, {feed}: no one is added who may not be targeted\n{Describe(story)}");
            }
        }

        await CheckMembershipAsync();
    }

    private async Task CheckMembershipAsync()
    {
        foreach (var (person, anchor) in await PairsAsync("select person, anchor from people"))
        {
            _anchors[anchor] = person;
        }

        var states = await StatesAsync();
        foreach (var story in stories)
        {
            foreach (var person in story.People.All())
            {
                foreach (var anchor in person.StoryEvents.Select(one => one.Anchor).Distinct())
                {
                    CheckAnchor(story, person, anchor, states);
                }
            }
        }
    }

    private void CheckAnchor(
        PeopleStory story,
        NaivePerson person,
        Name anchor,
        Dictionary<(int Key, Guid Person), (MembershipStatus Status, string Times)> states
    )
    {
        var uuid = _anchors[workspace.Webhooks.Alias((Domain.Identity.IdentifierKind)(anchor.Kind + 1), anchor.Text).Digest.Value];
        for (var key = 0; key < HistoryCase.Keys; key++)
        {
            var keyId = workspace.Keys.ByName($"k{key}_v1")!.KeyId;
            var found = states.TryGetValue((keyId, uuid), out var state);
            var expected = anchor != person.Root ? MembershipStatus.Linked : person.StatusIn(Demand(key));
            (
                found ? state.Status
                : anchor != person.Root ? MembershipStatus.Linked
                : MembershipStatus.Removed
            ).ShouldBe(expected, $"{given}: {anchor} in key {key}\n{Describe(story)}");
            var own = person.StoryEvents.Where(one => one.Anchor == anchor && one.Fact.Key == key).Select(one => one.Fact).ToList();
            (found ? state.Times : "/").ShouldBe(
                $"{Latest(own, true)}/{Latest(own, false)}",
                $"{given}: the latest events of {anchor} in key {key}\n{Describe(story)}"
            );
        }
    }

    private Demand Demand(int key) => new(key, Windows[key], given.KeyRequiresConsent);

    // An address starts with its kind and the number of its story.
    private PeopleStory StoryOf(string address)
    {
        if (!_storyOf.TryGetValue(address, out var story))
        {
            story = stories[int.Parse(address.AsSpan(1, address.IndexOf('-') - 1), CultureInfo.InvariantCulture)];
            _storyOf[address] = story;
        }

        return story;
    }

    private static string Latest(List<StoryFact> facts, bool add) =>
        facts.Where(one => one.Add == add).Max(one => (DateTimeOffset?)one.Time)?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)
        ?? "";

    private string Describe(PeopleStory story) =>
        string.Join(
            '\n',
            _past.Where(sent => _origin[sent] == story).Select(sent => $"{(_erased.Contains(sent) ? "refused " : "")}{sent}")
        );

    private async Task<List<(Guid, Guid)>> PairsAsync(string sql)
    {
        var pairs = new List<(Guid, Guid)>();
        await using var command = workspace.Owner.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            pairs.Add((reader.GetGuid(0), reader.GetGuid(1)));
        }

        return pairs;
    }

    private async Task<Dictionary<(int Key, Guid Person), (MembershipStatus Status, string Times)>> StatesAsync()
    {
        var states = new Dictionary<(int, Guid), (MembershipStatus, string)>();
        await using var command = workspace.Owner.CreateCommand(
            """
            select key_id, person, state, coalesce(extract(epoch from added_at)::bigint::text, '') || '/' || coalesce(extract(epoch
              from removed_at)::bigint::text, '')
            from membership
            """
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            states[(reader.GetInt32(0), reader.GetGuid(1))] = ((MembershipStatus)reader.GetInt16(2), reader.GetString(3));
        }

        return states;
    }
}
