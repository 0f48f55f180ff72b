using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Host.Storage.Membership;

/// <summary>A row of membership, as the fold reads and writes it.</summary>
public sealed record MembershipRow(
    int KeyId,
    PersonId Person,
    MembershipState State,
    MembershipStatus Status,
    long EventPos,
    long ChangedPos);
