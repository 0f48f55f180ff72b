using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Oracle;

/// <summary>Names, by their number in the simulation, some customers on whom a platform and the oracle disagree.</summary>
internal static class DriftExamples
{
    public static IReadOnlyList<string> Find(ExpectedAudience expected, DigestSet found, IReadOnlyList<Customer> customers, int most)
    {
        var examples = new List<string>();
        var explained = 0;
        foreach (var customer in customers)
        {
            var wanted = expected.Members.TryGetValue(customer.Number, out var shown) ? shown & ~Shown.CustomerId : Shown.None;
            var there = FoundOf(customer, expected.Destination, found);
            if (wanted == there)
            {
                continue;
            }

            explained += int.PopCount((int)(wanted ^ there));
            if (examples.Count < most)
            {
                examples.Add($"{expected.Key} at {expected.Destination.Name}: customer {customer.Number}: expected {wanted}, found {there}");
            }
        }

        var strangers = expected.Digests.DistanceTo(found) - explained;
        if (strangers > 0)
        {
            examples.Add($"{expected.Key} at {expected.Destination.Name}: {strangers} digests at the platform belong to no customer (wrongly normalised?)");
        }

        return examples;
    }

    private static Shown FoundOf(Customer customer, Destination destination, DigestSet found)
    {
        var email = CanonicalDigests.Email(customer, destination) is { } emailDigest && found.Emails.Contains(emailDigest);
        var phone = CanonicalDigests.Phone(customer, destination) is { } phoneDigest && found.Phones.Contains(phoneDigest);
        return (email ? Shown.Email : Shown.None) | (phone ? Shown.Phone : Shown.None);
    }
}
