namespace AudienceSync.Domain.Membership;

/// <summary>Whether a person is in an audience key. The numbers are stored; never renumber.</summary>
public enum MembershipStatus : short
{
    Present = 1,
    Removed = 2,
    Expired = 3,

    /// <summary>Present, but restricted from targeting: suppressed, without the consent that the key requires, or being erased.</summary>
    Withheld = 4,

    /// <summary>
    /// An anchor that belongs to another person: its facts count for its root, and it is not a person by itself (docs/decisions/0009).
    /// </summary>
    Linked = 5,

    /// <summary>Present, but suppressed at some destinations.</summary>
    Limited = 6,

    /// <summary>Present, but held out by the experiment that runs on the audience: sent nowhere (docs/exposures.md).</summary>
    HeldOut = 7,
}
