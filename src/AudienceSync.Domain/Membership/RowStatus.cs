using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>What a row states about the person whose root it is. See <see cref="RowRule"/>.</summary>
/// <param name="Status">The status with the restrictions applied.</param>
/// <param name="Since">Since when it holds.</param>
/// <param name="Until">When it will expire by itself.</param>
/// <param name="Restrictions">The targeting restrictions of the person.</param>
/// <param name="RestrictedAt">The destinations at which the person is suppressed by name; null when there are none.</param>
public readonly record struct RowStatus(
    MembershipStatus Status,
    DateTimeOffset Since,
    DateTimeOffset? Until,
    TargetingRestrictions Restrictions,
    string[]? RestrictedAt
)
{
    public MembershipRow ToRow(RowId id, AnchorState own, long changedPos, bool isNew) =>
        new(id.KeyId, id.Person, own.State, Status, Since, Until, own.EventPos, changedPos)
        {
            IsNew = isNew,
            Restrictions = Restrictions,
            RestrictedAt = RestrictedAt,
        };
}
