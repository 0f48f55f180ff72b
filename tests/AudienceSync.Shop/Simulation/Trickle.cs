using AudienceSync.Shop.Journeys;

namespace AudienceSync.Shop.Simulation;

/// <summary>After the play: the shop stays open, and occasionally a customer abandons a cart or buys.</summary>
internal sealed class Trickle(int seed, DateTimeOffset start, IReadOnlyList<Customer> customers)
{
    private readonly Random _random = new(seed + 1);
    private readonly EventFactory _factory = new(new Random(seed + 2), new ExpiryWindow(start));
    private int _number;

    /// <summary>One webhook about what just happened.</summary>
    public Delivery Next(DateTimeOffset now)
    {
        var customer = customers[_random.Next(customers.Count)];
        var journey = JourneyList.All[_random.Next(JourneyList.All.Count)];
        var kind = _random.Next(3) == 0 ? EventKind.Remove : EventKind.Add;
        var item = _factory.FromStep(customer, journey, new JourneyStep(kind, now, "trickle"));
        return new Delivery(++_number, [item], IsArray: false, FirstTimeoutMs: 0);
    }
}
