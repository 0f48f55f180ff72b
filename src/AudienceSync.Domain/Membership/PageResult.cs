using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>What a page changes.</summary>
/// <param name="Rows">Rows to store. The changed_pos of a row is new only when the lanes must process it again: its status changed, or the
/// person's identifiers did.</param>
/// <param name="Links">Links to store.</param>
/// <param name="Permissions">Permissions to store.</param>
/// <param name="Hours">What the page adds to the hourly counts.</param>
/// <param name="Late">What it adds to the counts of late events.</param>
/// <param name="Applied">Events that changed something, or that only had to be recorded.</param>
/// <param name="Superseded">Events that were read after a later one of their kind.</param>
/// <param name="ChangedPos">The last number assigned to a changed row.</param>
public sealed record PageResult(
    IReadOnlyCollection<MembershipRow> Rows,
    IReadOnlyDictionary<PersonId, PersonId> Links,
    IReadOnlyDictionary<PersonId, Permissions> Permissions,
    IReadOnlyCollection<(int KeyId, DateTimeOffset Hour, HourChange Change)> Hours,
    IReadOnlyCollection<LateCount> Late,
    int Applied,
    int Superseded,
    long ChangedPos
);
