namespace AudienceSync.Domain.Membership;

/// <summary>Whether a person is in an audience key. The numbers are stored; never renumber.</summary>
public enum MembershipStatus : short
{
    Present = 1,
    Removed = 2,
    Expired = 3,
}
