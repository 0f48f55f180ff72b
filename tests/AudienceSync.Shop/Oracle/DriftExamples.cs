using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Oracle;

/// <summary>Lists, by their number in the simulation, some customers for whom a platform and the oracle differ.</summary>
internal static class DriftExamples
{
    public static IReadOnlyList<string> Find(ExpectedAudience expected, DigestSet found, IReadOnlyList<Customer> customers, int max)
    {
        var examples = new List<string>();
        var explained = 0;
        foreach (var customer in customers)
        {
            var wanted = expected.Members.TryGetValue(customer.Number, out var identifiers)
                ? identifiers & ~Identifiers.CustomerId
                : Identifiers.None;
            var there = FoundOf(customer, expected.Destination, found);
            if (wanted == there)
            {
                continue;
            }

            explained += int.PopCount((int)(wanted ^ there));
            if (examples.Count < max)
            {
                examples.Add(
                    $"{expected.Key} at {expected.Destination.Name}: customer {customer.Number}: expected {wanted}, found {there}"
                );
            }
        }

        var unknown = expected.Digests.DistanceTo(found) - explained;
        if (unknown > 0)
        {
            examples.Add(
                $"{expected.Key} at {expected.Destination.Name}: {unknown} digests at the platform belong to no customer "
                    + "(normalized incorrectly?)"
            );
        }

        return examples;
    }

    private static Identifiers FoundOf(Customer customer, Destination destination, DigestSet found)
    {
        var email = CanonicalDigests.Email(customer, destination) is { } emailDigest && found.Emails.Contains(emailDigest);
        var phone = CanonicalDigests.Phone(customer, destination) is { } phoneDigest && found.Phones.Contains(phoneDigest);
        return (email ? Identifiers.Email : Identifiers.None) | (phone ? Identifiers.Phone : Identifiers.None);
    }
}
