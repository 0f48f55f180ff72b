using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Oracle;

/// <summary>
/// Determines from the accepted webhooks alone which customers are members of which audience: per customer and key the latest add and the
/// latest removal; present when the add is later and its window has not passed; a tie removes. A guest and the customer that the guest
/// became are one customer here from the start.
/// <para>
/// A timestamp more than five minutes ahead of receipt counts as the time of receipt. That time is known here only as the span between
/// sending and answer, so times are spans; a customer whose spans overlap cannot be evaluated and is reported as undecided.
/// </para>
/// </summary>
internal sealed class MembershipOracle(IReadOnlyList<Customer> customers)
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <param name="accepted">Any order, any number of times.</param>
    /// <param name="suppressed">Customers who may not be at any platform.</param>
    public IReadOnlyList<ExpectedAudience> Evaluate(
        IReadOnlyCollection<AcceptedEvent> accepted,
        IReadOnlySet<int> suppressed,
        DateTimeOffset now
    )
    {
        var known = accepted
            .GroupBy(item => item.Event.Customer)
            .ToDictionary(group => group.Key, group => group.Aggregate(Identifiers.None, (all, item) => all | item.Event.Identifiers));
        return [.. JourneyList.All.SelectMany(journey => Evaluate(journey, accepted, known, suppressed, now))];
    }

    /// <summary>
    /// Whether one customer is in an audience, whatever restricts targeting; null when it depends on times that only the receiver has.
    /// </summary>
    /// <param name="accepted">Events about that customer, of any audience.</param>
    public static bool? IsMember(IJourney journey, IReadOnlyCollection<AcceptedEvent> accepted, DateTimeOffset now) =>
        IsPresent(
            [.. accepted.Where(item => string.Equals(item.Event.AudienceKey, journey.Key, StringComparison.Ordinal))],
            journey.Window,
            now
        );

    private IEnumerable<ExpectedAudience> Evaluate(
        IJourney journey,
        IReadOnlyCollection<AcceptedEvent> accepted,
        Dictionary<int, Identifiers> known,
        IReadOnlySet<int> suppressed,
        DateTimeOffset now
    )
    {
        var presence = accepted
            .Where(item => string.Equals(item.Event.AudienceKey, journey.Key, StringComparison.Ordinal))
            .GroupBy(item => item.Event.Customer)
            .Where(history => !suppressed.Contains(history.Key))
            .Where(history => (known[history.Key] & (Identifiers.Email | Identifiers.Phone)) != Identifiers.None)
            .ToDictionary(history => history.Key, history => IsPresent([.. history], journey.Window, now));
        var members = presence.Where(one => one.Value == true).ToDictionary(one => one.Key, one => known[one.Key]);
        HashSet<int> undecided = [.. presence.Where(one => one.Value is null).Select(one => one.Key)];
        return DestinationList.All.Select(destination => new ExpectedAudience(
            journey.Key,
            destination,
            members,
            DigestsOf(members, destination),
            undecided
        ));
    }

    /// <summary>Null when it depends on times that only the receiver has.</summary>
    private static bool? IsPresent(IReadOnlyList<AcceptedEvent> history, TimeSpan window, DateTimeOffset now)
    {
        if (Latest(history, EventKind.Add) is not { } add || add.Until + window <= now)
        {
            return false;
        }

        bool? isLater =
            Latest(history, EventKind.Remove) is not { } remove || add.From > remove.Until ? true
            : add.Until <= remove.From ? false
            : null;
        return isLater == true && add.From + window <= now ? null : isLater;
    }

    private static ReceiptSpan? Latest(IReadOnlyList<AcceptedEvent> history, EventKind kind)
    {
        var times = history.Where(item => item.Event.Kind == kind).Select(TimeOf).ToArray();
        return times.Length == 0 ? null : new ReceiptSpan(times.Max(time => time.From), times.Max(time => time.Until));
    }

    private static ReceiptSpan TimeOf(AcceptedEvent item)
    {
        var (stamp, received) = (item.Event.OccurredAt, item.Received);
        return stamp <= received.From + Skew ? new ReceiptSpan(stamp, stamp)
            : stamp > received.Until + Skew ? received
            : new ReceiptSpan(received.From, stamp);
    }

    private DigestSet DigestsOf(Dictionary<int, Identifiers> members, Destination destination)
    {
        var emails = members
            .Where(member => member.Value.HasFlag(Identifiers.Email))
            .Select(member => CanonicalDigests.Email(customers[member.Key - 1], destination)!);
        var phones = members
            .Where(member => member.Value.HasFlag(Identifiers.Phone))
            .Select(member => CanonicalDigests.Phone(customers[member.Key - 1], destination)!);
        return new DigestSet(emails.ToHashSet(StringComparer.Ordinal), phones.ToHashSet(StringComparer.Ordinal));
    }
}
