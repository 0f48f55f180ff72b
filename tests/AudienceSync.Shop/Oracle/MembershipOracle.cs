using AudienceSync.Shop.Destinations;
using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Oracle;

/// <summary>
/// Says from the accepted webhooks alone who belongs where: per customer and key the latest add and the latest removal; present when the
/// add is later and its window has not passed; a tie removes. A guest and the customer he became are one customer here from the start.
/// <para>
/// A stamp more than five minutes ahead of receipt counts as the time of receipt. That is known here only as the span between sending and answer,
/// so times are spans; whoever's spans overlap cannot be judged, and that is said.
/// </para>
/// </summary>
internal sealed class MembershipOracle(IReadOnlyList<Customer> customers)
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <param name="accepted">Any order, any number of times.</param>
    public IReadOnlyList<ExpectedAudience> Judge(IReadOnlyCollection<AcceptedEvent> accepted, DateTimeOffset now)
    {
        var known = accepted.GroupBy(item => item.Event.Customer)
            .ToDictionary(group => group.Key, group => group.Aggregate(Shown.None, (all, item) => all | item.Event.Shows));
        return [.. JourneyList.All.SelectMany(journey => Judge(journey, accepted, known, now))];
    }

    private IEnumerable<ExpectedAudience> Judge(
        IJourney journey, IReadOnlyCollection<AcceptedEvent> accepted, Dictionary<int, Shown> known, DateTimeOffset now)
    {
        var judged = accepted
            .Where(item => string.Equals(item.Event.AudienceKey, journey.Key, StringComparison.Ordinal))
            .GroupBy(item => item.Event.Customer)
            .Where(history => (known[history.Key] & (Shown.Email | Shown.Phone)) != Shown.None)
            .ToDictionary(history => history.Key, history => IsPresent([.. history], journey.Window, now));
        var members = judged.Where(one => one.Value == true).ToDictionary(one => one.Key, one => known[one.Key]);
        HashSet<int> undecided = [.. judged.Where(one => one.Value is null).Select(one => one.Key)];
        return DestinationList.All.Select(destination => new ExpectedAudience(journey.Key, destination, members, DigestsOf(members, destination), undecided));
    }

    /// <summary>Null when it depends on moments that only the receiver knows.</summary>
    private static bool? IsPresent(IReadOnlyList<AcceptedEvent> history, TimeSpan window, DateTimeOffset now)
    {
        if (Latest(history, EventKind.Add) is not { } add || add.Until + window <= now)
        {
            return false;
        }

        bool? isLater = Latest(history, EventKind.Remove) is not { } remove || add.From > remove.Until ? true
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

    private DigestSet DigestsOf(Dictionary<int, Shown> members, Destination destination)
    {
        var emails = members.Where(member => member.Value.HasFlag(Shown.Email)).Select(member => CanonicalDigests.Email(customers[member.Key - 1], destination)!);
        var phones = members.Where(member => member.Value.HasFlag(Shown.Phone)).Select(member => CanonicalDigests.Phone(customers[member.Key - 1], destination)!);
        return new DigestSet(emails.ToHashSet(StringComparer.Ordinal), phones.ToHashSet(StringComparer.Ordinal));
    }
}
