using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>A row of membership, as the fold reads and writes it.</summary>
/// <param name="KeyId">The audience key.</param>
/// <param name="Person">The anchor.</param>
/// <param name="State">The state from this anchor's own events.</param>
/// <param name="Status">Status of the person whose root it is; <see cref="MembershipStatus.Linked"/> for any other anchor.</param>
/// <param name="Since">Since when the status holds.</param>
/// <param name="Until">When it will expire by itself.</param>
/// <param name="EventPos">The position of the last event that changed the anchor's state.</param>
/// <param name="ChangedPos">The change number by which the lanes process the row again.</param>
public sealed record MembershipRow(
    int KeyId,
    PersonId Person,
    MembershipState State,
    MembershipStatus Status,
    DateTimeOffset Since,
    DateTimeOffset? Until,
    long EventPos,
    long ChangedPos
)
{
    /// <summary>
    /// No row was found, so it is inserted without ON CONFLICT, which would look it up once more and write it twice. If the row exists
    /// after all, the primary key refuses the whole page.
    /// </summary>
    public bool IsNew { get; init; }

    /// <summary>The targeting restrictions of the person.</summary>
    public TargetingRestrictions Restrictions { get; init; }

    /// <summary>The destinations at which the person is suppressed by name; null when there are none.</summary>
    public string[]? RestrictedAt { get; init; }

    public RowId Id => new(Person, KeyId);

    /// <summary>What the row keeps of the anchor's own events.</summary>
    public AnchorState Own => new(State, EventPos);

    /// <summary>What the row states about the person.</summary>
    public RowStatus Content => new(Status, Since, Until, Restrictions, RestrictedAt);
}
