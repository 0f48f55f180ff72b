using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Oracle;

/// <summary>The members that an audience must have at a destination, and the digests of each member that its platform must hold.</summary>
/// <param name="Members">Customer number to the identifiers that their accepted webhooks carried.</param>
/// <param name="Undecided">Customers whose membership the sender cannot determine; they are not among the members.</param>
internal sealed record ExpectedAudience(
    string Key,
    Destination Destination,
    IReadOnlyDictionary<int, Identifiers> Members,
    DigestSet Digests,
    IReadOnlySet<int> Undecided
);

/// <summary>Lower-case hex digests of one audience, by match key.</summary>
internal sealed record DigestSet(IReadOnlySet<string> Emails, IReadOnlySet<string> Phones)
{
    /// <summary>Digests that are on one side only.</summary>
    public int DistanceTo(DigestSet other) => Difference(Emails, other.Emails) + Difference(Phones, other.Phones);

    private static int Difference(IReadOnlySet<string> a, IReadOnlySet<string> b) =>
        a.Count(x => !b.Contains(x)) + b.Count(x => !a.Contains(x));
}
