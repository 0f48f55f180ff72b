using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Oracle;

/// <summary>Who must be in an audience at a destination, and the digests of each member that its platform must have.</summary>
/// <param name="Members">Customer number to the identifiers that his accepted webhooks carried.</param>
/// <param name="Undecided">Customers of whom the sender cannot know whether they belong; they are not among the members.</param>
internal sealed record ExpectedAudience(
    string Key, Destination Destination, IReadOnlyDictionary<int, Shown> Members, DigestSet Digests, IReadOnlySet<int> Undecided);

/// <summary>Lower-case hex digests of one audience, by match key.</summary>
internal sealed record DigestSet(IReadOnlySet<string> Emails, IReadOnlySet<string> Phones)
{
    /// <summary>Digests that are on one side only.</summary>
    public int DistanceTo(DigestSet other) => Difference(Emails, other.Emails) + Difference(Phones, other.Phones);

    private static int Difference(IReadOnlySet<string> a, IReadOnlySet<string> b) => a.Count(x => !b.Contains(x)) + b.Count(x => !a.Contains(x));
}
