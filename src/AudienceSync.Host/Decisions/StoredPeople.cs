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

    public bool IsErased { get; set; }

    public List<FoundAlias> Found { get; } = [];

    public Dictionary<PersonId, StoredAnchor> Anchors { get; } = [];

    public Dictionary<RowId, MembershipRow> Rows { get; } = [];

    public Dictionary<PersonId, Permissions> Permissions { get; } = [];

    /// <summary>Events that were not projected.</summary>
    public List<LogEvent> Pending { get; } = [];

    /// <summary>All suppressions of those who have a projected one, for its reason.</summary>
    public List<LogEvent> Suppressions { get; } = [];

    /// <summary>The keys in question that feed a remote audience.</summary>
    public HashSet<int> Feeding { get; } = [];

    /// <summary>What the outcomes of messages prove about each anchor, as projected by Marten's daemon.</summary>
    public Dictionary<PersonId, PersonEngagement> Engagements { get; } = [];

    /// <summary>Outcomes and erasures that the daemon has not projected, or whose consequences it has not appended.</summary>
    public List<LogEvent> Outcomes { get; } = [];
}
