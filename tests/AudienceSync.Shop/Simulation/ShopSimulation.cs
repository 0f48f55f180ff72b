using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Outcomes;

namespace AudienceSync.Shop.Simulation;

/// <summary>Everything that happens in one run, determined before the first webhook is sent.</summary>
internal sealed record Play(IReadOnlyList<Customer> Customers, IReadOnlyList<ShopEvent> Events, IReadOnlyList<Delivery> Deliveries)
{
    /// <summary>What happened to the shop's messages.</summary>
    public OutcomePlay Outcomes { get; init; } = OutcomePlay.Empty;

    /// <summary>The number of events as sent; an event sent twice counts twice.</summary>
    public int WebhookCount => Deliveries.Sum(delivery => delivery.Events.Count);
}

/// <summary>90 days of a shop, drawn from a seed. The same seed, start and size give the same webhooks, byte for byte.</summary>
internal sealed class ShopSimulation
{
    public const int HistoryDays = 90;
    private const double DuplicateShare = 0.08;
    private const double FlawShare = 0.03;
    private const double ExposureShare = 0.25;
    private const int WebhooksPerExpiry = 80;
    private const int MaxTooLarge = 4;
    private const int WebhooksPerClockSkewHistory = 100;

    private readonly Random _random;
    private readonly DateTimeOffset _start;
    private readonly CustomerRegistry _registry;
    private readonly EventFactory _factory;
    private readonly HashSet<int> _known = [];

    /// <param name="start">The end of the simulated time and the start of play.</param>
    private ShopSimulation(int seed, DateTimeOffset start)
    {
        _random = new Random(seed);
        _start = DateTimeOffset.FromUnixTimeSeconds(start.ToUnixTimeSeconds());
        _registry = new CustomerRegistry(_random, _start);
        _factory = new EventFactory(_random, new ExpiryWindow(_start));
    }

    /// <param name="webhooks">At least this many events are sent, duplicates and flawed ones included.</param>
    public static Play Draw(int seed, DateTimeOffset start, int webhooks)
    {
        var simulation = new ShopSimulation(seed, start);
        var play = simulation.Draw(webhooks);
        Customer[] known = [.. simulation._known.Order().Select(number => play.Customers[number - 1])];
        return play with { Outcomes = OutcomeSimulation.Draw(seed, start, known, webhooks) };
    }

    private Play Draw(int webhooks)
    {
        var flawed = (int)(webhooks * FlawShare);
        var duplicates = (int)(webhooks * DuplicateShare);
        var early = new List<ShopEvent>();
        for (var i = 0; i < Math.Max(3, webhooks / WebhooksPerExpiry); i++)
        {
            early.Add(ExpiringSoon(_registry.Next(), i));
        }

        List<ShopEvent> late = [.. ClockSkewEvents(Math.Max(ClockSkewHistories.Kinds, webhooks / WebhooksPerClockSkewHistory))];
        var events = new List<ShopEvent>();
        while (early.Count + late.Count + events.Count < webhooks - flawed - duplicates)
        {
            events.AddRange(Follow(_registry.Next()));
        }

        events.AddRange(Flaws(flawed));
        var deliveries = new DeliveryPlan(_random).Make(early, events, late, duplicates);
        return new Play(_registry.Customers, [.. early, .. late, .. events], deliveries);
    }

    /// <summary>
    /// An add so long ago that the membership ends within the first seconds of the play. Most are buyers: theirs is the largest audience,
    /// and no audience may lose so large a part at once that the engine correctly requires an operator's approval first.
    /// </summary>
    private ShopEvent ExpiringSoon(Customer customer, int index)
    {
        var journey = JourneyList.All[
            (index % 20) switch
            {
                0 or 1 => 0,
                2 => 2,
                _ => 1,
            }
        ];
        var end = _start.AddMilliseconds(_random.Next(2_000, (int)ExpiryWindow.LastIntendedEnd.TotalMilliseconds - 500));
        _known.Add(customer.Number);
        return _factory.FromStep(customer, journey, new JourneyStep(EventKind.Add, end - journey.Window, "entered"));
    }

    // No flawed event is sent about these customers: two events that both count as of receipt could arrive at the same time, and the result
    // could not be evaluated.
    private IEnumerable<ShopEvent> ClockSkewEvents(int histories)
    {
        var clocks = new ClockSkewHistories(_random, _start);
        for (var i = 0; i < histories; i++)
        {
            var customer = _registry.Next();
            var journey = JourneyList.All[_random.Next(JourneyList.All.Count)];
            foreach (var entry in clocks.Draw(i))
            {
                yield return _factory.FromStep(customer, journey, new JourneyStep(entry.Kind, entry.At, "late-clock"), entry.Clock);
            }
        }
    }

    private IEnumerable<ShopEvent> Follow(Customer customer)
    {
        var firstVisit = _start.AddMilliseconds(-Math.Round(_random.NextDouble() * HistoryDays * 86_400_000));
        var actions = new CustomerActivity(_random, _start).Draw(firstVisit);
        foreach (var journey in JourneyList.All)
        {
            foreach (var step in journey.Follow(actions, _start).SelectMany(WithExposure))
            {
                _known.Add(customer.Number);
                yield return _factory.FromStep(customer, journey, step);
            }
        }
    }

    private IEnumerable<JourneyStep> WithExposure(JourneyStep step)
    {
        yield return step;
        var seen = step.At.AddMilliseconds(_random.Next(3_600_000, 2 * 86_400_000));
        if (step.Kind == EventKind.Add && seen <= _start && _random.NextDouble() < ExposureShare)
        {
            yield return new JourneyStep(EventKind.Exposure, seen, $"seen-{step.Step}");
        }
    }

    private IEnumerable<ShopEvent> Flaws(int count)
    {
        int[] known = [.. _known.Order()];
        var tooLarge = 0;
        for (var i = 0; i < Math.Max(count, FlawRules.All.Count); i++)
        {
            var flaw = FlawRules.All[i % FlawRules.All.Count];
            if (flaw == Flaw.TooLarge && ++tooLarge > MaxTooLarge)
            {
                flaw = Flaw.MalformedJson;
            }

            yield return _factory.Flawed(_registry.Customers[known[_random.Next(known.Length)] - 1], flaw, _start);
        }
    }
}
