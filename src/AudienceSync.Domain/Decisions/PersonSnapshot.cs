using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Decisions;

/// <summary>One person as stored at one moment: projected rows, and what was appended since.</summary>
/// <param name="Root">The person.</param>
/// <param name="Owners">The owner of each linked anchor of the person. Links are appended with their events, so none is missing.</param>
/// <param name="Rows">The projected rows of the keys in question and of their predecessors.</param>
/// <param name="Permissions">The projected permissions of each anchor.</param>
/// <param name="Pending">The events of all anchors that were not projected at that moment, in any order.</param>
public sealed record PersonSnapshot(
    PersonId Root,
    IReadOnlyDictionary<PersonId, PersonId> Owners,
    IReadOnlyDictionary<RowId, MembershipRow> Rows,
    IReadOnlyDictionary<PersonId, Permissions> Permissions,
    IReadOnlyList<LogEvent> Pending
);
