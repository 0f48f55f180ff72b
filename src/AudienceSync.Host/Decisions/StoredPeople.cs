using AudienceSync.Domain.Decisions;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Host.EventStore.Outcomes;

namespace AudienceSync.Host.Decisions;

/// <summary>What is stored about the people that some identifiers lead to, at one moment.</summary>
internal sealed class StoredPeople
{
    /// <summary>The last position of the log.</summary>
    public long Head { get; set; }

    /// <summary>The digests under which an identifier in question was erased.</summary>
    public HashSet<Guid> Tombstones { get; private init; } = [];

    public List<FoundAlias> Found { get; private init; } = [];

    public Dictionary<PersonId, StoredAnchor> Anchors { get; private init; } = [];

    public Dictionary<RowId, MembershipRow> Rows { get; private init; } = [];

    public Dictionary<PersonId, Permissions> Permissions { get; private init; } = [];

    /// <summary>Events that were not projected.</summary>
    public List<LogEvent> Pending { get; private init; } = [];

    /// <summary>All suppressions of those who have a projected one, for its reason.</summary>
    public List<LogEvent> Suppressions { get; private init; } = [];

    /// <summary>The keys in question that feed a remote audience.</summary>
    public HashSet<int> Feeding { get; private init; } = [];

    /// <summary>What the outcomes of messages prove about each anchor, as projected by Marten's daemon.</summary>
    public Dictionary<PersonId, PersonEngagement> Engagements { get; private init; } = [];

    /// <summary>Outcomes and erasures that the daemon has not projected, or whose consequences it has not appended.</summary>
    public List<LogEvent> Outcomes { get; private init; } = [];

    /// <summary>The part that answers one of several questions: its identifiers, and the people that they lead to.</summary>
    public StoredPeople Of(PersonQuestion question)
    {
        var digests = question.Aliases.Select(alias => alias.Digest.Value).Concat(question.Older).ToHashSet();
        var found = Found.FindAll(one => digests.Contains(one.Alias.Digest.Value));
        var roots = found.Select(one => AskedPerson.RootOf(one.Holder, Anchors)).ToHashSet();
        var anchors = Anchors.Where(one => roots.Contains(AskedPerson.RootOf(one.Key, Anchors))).ToDictionary();
        return new StoredPeople
        {
            Head = Head,
            Tombstones = [.. Tombstones.Intersect(question.Tombstones)],
            Found = found,
            Anchors = anchors,
            Rows = Rows.Where(row => anchors.ContainsKey(row.Key.Person)).ToDictionary(),
            Permissions = Permissions.Where(one => anchors.ContainsKey(one.Key)).ToDictionary(),
            Pending = Pending.FindAll(logged => anchors.ContainsKey(logged.Person)),
            Suppressions = Suppressions.FindAll(logged => anchors.ContainsKey(logged.Person)),
            Feeding = Feeding,
            Engagements = Engagements.Where(one => anchors.ContainsKey(one.Key)).ToDictionary(),
            Outcomes = Outcomes.FindAll(logged => anchors.ContainsKey(logged.Person)),
        };
    }
}
