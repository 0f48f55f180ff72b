using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Exposures;

/// <summary>The time from when a person is eligible for an audience key until they are not.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Person">The person, as whom it began.</param>
/// <param name="KeyId">The audience key.</param>
/// <param name="From">Since when, by the sender's time.</param>
/// <param name="OpenedAt">When we received that.</param>
public sealed record ExposureSpell(long Id, PersonId Person, int KeyId, DateTimeOffset From, DateTimeOffset OpenedAt)
{
    /// <summary>Until when, by the sender's time; null while it lasts.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>When we received that.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    public string? EndReason { get; init; }

    public ExposureArm Arm { get; init; }

    public string? Experiment { get; init; }
}

/// <summary>A person and an audience key, as the exposure log has folded them.</summary>
/// <param name="Id">Person and key.</param>
/// <param name="State">The latest add and remove.</param>
/// <param name="Until">When the spell that lasts will end by itself.</param>
/// <param name="Spell">The last spell; null when there was none.</param>
public sealed record ExposureMember(RowId Id, MembershipState State, DateTimeOffset? Until, ExposureSpell? Spell)
{
    /// <summary>Whether its spell lasts.</summary>
    public bool IsOpen => Spell is { ClosedAt: null };

    public static ExposureMember New(RowId id) => new(id, MembershipState.Nothing, null, null);
}
