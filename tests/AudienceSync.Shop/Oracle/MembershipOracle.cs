using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Oracle;

/// <summary>
/// Says from the accepted webhooks alone who belongs where: per customer and key the latest add and the latest removal; present when the
/// add is later and its window has not passed; a tie removes. A guest and the customer he became are one customer here from the start.
/// </summary>
internal sealed class MembershipOracle(IReadOnlyList<Customer> customers)
{
    /// <param name="accepted">Any order, any number of times.</param>
    public IReadOnlyList<ExpectedAudience> Judge(IReadOnlyCollection<ShopEvent> accepted, DateTimeOffset now)
    {
        var known = accepted.GroupBy(item => item.Customer).ToDictionary(group => group.Key, group => group.Aggregate(Shown.None, (all, item) => all | item.Shows));
        return [.. JourneyList.All.SelectMany(journey => Judge(journey, accepted, known, now))];
    }

    private IEnumerable<ExpectedAudience> Judge(
        IJourney journey, IReadOnlyCollection<ShopEvent> accepted, Dictionary<int, Shown> known, DateTimeOffset now)
    {
        var members = accepted
            .Where(item => string.Equals(item.AudienceKey, journey.Key, StringComparison.Ordinal))
            .GroupBy(item => item.Customer)
            .Where(history => IsPresent([.. history], journey.Window, now))
            .Select(history => history.Key)
            .Where(customer => (known[customer] & (Shown.Email | Shown.Phone)) != Shown.None)
            .ToDictionary(customer => customer, customer => known[customer]);
        return DestinationList.All.Select(destination => new ExpectedAudience(journey.Key, destination, members, DigestsOf(members, destination)));
    }

    private static bool IsPresent(IReadOnlyList<ShopEvent> history, TimeSpan window, DateTimeOffset now)
    {
        var added = Latest(history, EventKind.Add);
        var removed = Latest(history, EventKind.Remove);
        return added is { } add && (removed is not { } remove || add > remove) && add + window > now;
    }

    private static DateTimeOffset? Latest(IReadOnlyList<ShopEvent> history, EventKind kind) =>
        history.Where(item => item.Kind == kind).Max(item => (DateTimeOffset?)item.OccurredAt);

    private DigestSet DigestsOf(Dictionary<int, Shown> members, Destination destination)
    {
        var emails = members.Where(member => member.Value.HasFlag(Shown.Email)).Select(member => CanonicalDigests.Email(customers[member.Key - 1], destination)!);
        var phones = members.Where(member => member.Value.HasFlag(Shown.Phone)).Select(member => CanonicalDigests.Phone(customers[member.Key - 1], destination)!);
        return new DigestSet(emails.ToHashSet(StringComparer.Ordinal), phones.ToHashSet(StringComparer.Ordinal));
    }
}
