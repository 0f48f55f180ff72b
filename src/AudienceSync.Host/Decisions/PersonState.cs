using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Decisions;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore.Outcomes;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Projection;

namespace AudienceSync.Host.Decisions;

/// <summary>Who is asked about.</summary>
/// <param name="Aliases">The identifiers, strongest first; at least one.</param>
internal sealed record NamedAliases(Alias[] Aliases)
{
    /// <summary>The same as they were read; null when nothing of an older reader needs to be found.</summary>
    public PersonIdentifiers? Identifiers { get; init; }

    /// <summary>Forms of them that an older reader may have made.</summary>
    public IReadOnlyList<Alias> Older { get; init; } = [];

    public override string ToString() => "NamedAliases(***)";
}

/// <summary>
/// Reads the state of a person after every event that was appended before the read began, whether it is projected or not. One round trip,
/// and a second one for a person who has refused something and whose earlier grants are not all stored.
/// </summary>
internal sealed class PersonState(
    DecisionReads reads,
    PermissionStore permissions,
    AudienceKeys keys,
    PublishedKeys published,
    TombstoneDigester tombstones,
    OlderAliasQueries olderAliases,
    OutcomePolicy policy,
    TimeProvider clock
)
{
    /// <summary>Reads.</summary>
    /// <param name="named">Who is asked about.</param>
    /// <param name="names">The audiences and keys, each once; none for all audiences.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="UnknownKeyException">A stored event names a key that is not published.</exception>
    public async Task<(DecisionFacts Facts, IReadOnlyList<AskedAudience> Audiences)> ReadAsync(
        NamedAliases named,
        IReadOnlyList<string> names,
        CancellationToken cancellationToken
    )
    {
        var current = keys.Current;
        if (names.Any(name => !IsPublished(name, current)) && await published.ReloadAsync(cancellationToken))
        {
            current = keys.Current;
        }

        var stored = await ReadAsync(named, AskedAudiences.Candidates(names, current), cancellationToken);
        await KeepOwnAsync(named, stored.Found, cancellationToken);
        var root = AskedPerson.Find(named.Aliases, stored.Found, stored.Anchors);
        if (root is not { } person)
        {
            var nobody = new DecisionFacts(null, stored.Tombstones.Count > 0, null, EngagementOf(Engagement.Empty), stored.Head);
            return (nobody, AskedAudiences.Resolve(names, current, stored.Feeding));
        }

        var engagement = EngagementOf(person, stored);
        var snapshot = SnapshotOf(person, stored, ImpliedSuppressions.Of(OutcomesOf(person, stored), engagement, policy));
        if (PersonFold.TryRead(snapshot, current) is not { } fold)
        {
            // Another Host has just published a key, and an event for it is appended. Candidates may have changed with it.
            await keys.ReloadAsync(cancellationToken);
            return !ReferenceEquals(keys.Current, current)
                ? await ReadAsync(named, names, cancellationToken)
                : throw new UnknownKeyException("a key");
        }

        var histories =
            fold.HistoryAnchors.Count == 0
                ? []
                : await permissions.ReadHistoryAsync(fold.HistoryAnchors, new Position(stored.Head), cancellationToken);
        var known = fold.Finish(histories, clock.GetUtcNow());
        var reason = SuppressionReason.Of(
            snapshot.Pending.Concat(stored.Suppressions.Where(one => AskedPerson.RootOf(one.Person, stored.Anchors) == person))
        );
        var facts = new DecisionFacts(known, stored.Tombstones.Count > 0, reason, EngagementOf(engagement), stored.Head);
        return (facts, AskedAudiences.Resolve(names, current, stored.Feeding));
    }

    /// <summary>The names that are published, for the log of a decision that was not read: which key would answer is not known.</summary>
    public IReadOnlyList<AskedAudience> Published(IReadOnlyList<string> names) =>
        AskedAudiences.Resolve(names, keys.Current, System.Collections.Frozen.FrozenSet<int>.Empty);

    private IReadOnlyList<(DecisionFields Field, NamedValue Value)> EngagementOf(Engagement engagement) =>
        EngagementFields.Of(engagement, policy.SoftBounces, clock.GetUtcNow());

    // As the daemon folds, anchor by anchor, and then over all anchors of the person. An outcome that counts twice changes nothing.
    private static Engagement EngagementOf(PersonId root, StoredPeople stored)
    {
        var known = stored.Engagements.ToDictionary(one => one.Key, one => (PersonEngagement?)one.Value);
        foreach (var logged in stored.Outcomes.OrderBy(logged => logged.Position.Value))
        {
            var outcome = EventJson.Read(logged.Type, logged.Data);
            known[logged.Person] = EngagementProjection.Fold(known.GetValueOrDefault(logged.Person), logged.Person.Value, outcome);
        }

        return known
            .Where(one => one.Value is not null && AskedPerson.RootOf(one.Key, stored.Anchors) == root)
            .Aggregate(Engagement.Empty, (sum, one) => sum.With(one.Value!.Engagement));
    }

    private static IEnumerable<LogEvent> OutcomesOf(PersonId root, StoredPeople stored) =>
        stored.Outcomes.Where(logged =>
            logged.Type == EventTypes.OutcomeRecorded && AskedPerson.RootOf(logged.Person, stored.Anchors) == root
        );

    private Task<StoredPeople> ReadAsync(NamedAliases named, List<int> keyIds, CancellationToken cancellationToken)
    {
        var erased = named.Aliases.Concat(named.Older).Select(alias => tombstones.Digest(alias.Digest)).ToList();
        var older = named.Older.Select(alias => alias.Digest.Value).ToList();
        return reads.ReadAsync(new PersonQuestion(named.Aliases, older, erased, keyIds), cancellationToken);
    }

    // An older form may be somebody else's identifier. One more read, until people realias has left none.
    private async Task KeepOwnAsync(NamedAliases named, List<FoundAlias> found, CancellationToken cancellationToken)
    {
        if (named.Identifiers is not { } identifiers || !found.Exists(one => named.Older.Contains(one.Alias)))
        {
            return;
        }

        var own = await olderAliases.FindAsync(identifiers, cancellationToken);
        found.RemoveAll(one => named.Older.Contains(one.Alias) && !own.Contains(one.Alias));
    }

    private static bool IsPublished(string name, AudienceKeySet current) =>
        current.ByName(name) is not null || current.All.Any(key => key.Key.Audience == name);

    // Of the people that the identifiers lead to, the one that is meant.
    private static PersonSnapshot SnapshotOf(PersonId root, StoredPeople stored, IReadOnlyList<LogEvent> implied)
    {
        var anchors = stored.Anchors.Keys.Where(anchor => AskedPerson.RootOf(anchor, stored.Anchors) == root).ToHashSet();
        return new PersonSnapshot(
            root,
            anchors
                .Where(anchor => stored.Anchors[anchor].Owner is not null)
                .ToDictionary(anchor => anchor, anchor => stored.Anchors[anchor].Owner!.Value),
            anchors.Count == stored.Anchors.Count
                ? stored.Rows
                : stored.Rows.Where(row => anchors.Contains(row.Key.Person)).ToDictionary(row => row.Key, row => row.Value),
            stored.Permissions,
            [.. stored.Pending.Where(logged => anchors.Contains(logged.Person)), .. implied]
        );
    }
}
