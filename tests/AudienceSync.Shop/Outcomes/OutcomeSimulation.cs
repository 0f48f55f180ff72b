using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Outcomes;

/// <summary>The reporting stream of one run: what is sent, in which order. An event that is sent twice is in it twice.</summary>
internal sealed record OutcomePlay(IReadOnlyList<OutcomeEvent> Stream)
{
    public static readonly OutcomePlay Empty = new([]);
}

/// <summary>
/// Draws what happened to the shop's messages, from a seed: chains of messages of some customers, nearly in order, some late, some twice,
/// with flawed ones between them.
/// </summary>
internal sealed class OutcomeSimulation
{
    // The stream waits for each answer before it sends the next event, so it is a fraction of the webhooks.
    private const int WebhooksPerOutcome = 14;
    private const int LeastOutcomes = 60;
    private const int ShuffleWindow = 25;
    private const double LateShare = 0.04;
    private const double RepeatShare = 0.08;
    private const double FlawShare = 0.06;
    private const int SeedOffset = 7_001;

    private readonly Random _random;
    private readonly DateTimeOffset _start;
    private readonly OutcomeWriter _writer;
    private int _count;

    private OutcomeSimulation(int seed, DateTimeOffset start)
    {
        // A generator of its own: the webhooks of a seed do not depend on the outcomes.
        _random = new Random(unchecked(seed + SeedOffset));
        _start = DateTimeOffset.FromUnixTimeSeconds(start.ToUnixTimeSeconds());
        _writer = new OutcomeWriter(_random);
    }

    /// <param name="people">Customers about whom valid webhooks are sent.</param>
    /// <param name="webhooks">The size of the play.</param>
    public static OutcomePlay Draw(int seed, DateTimeOffset start, IReadOnlyList<Customer> people, int webhooks) =>
        new OutcomeSimulation(seed, start).Draw(people, Math.Max(LeastOutcomes, webhooks / WebhooksPerOutcome));

    private OutcomePlay Draw(IReadOnlyList<Customer> people, int wanted)
    {
        // The reporting stream names nobody by phone.
        Customer[] reachable = [.. people.Where(customer => customer.Email is not null)];
        _random.Shuffle(reachable);
        var histories = new MessageHistory(_random, _start);
        var events = new List<OutcomeEvent>();
        foreach (var customer in reachable)
        {
            if (events.Count >= wanted)
            {
                break;
            }

            events.AddRange(histories.Draw(customer.PhoneDigits is not null).Select(entry => Make(customer, entry)));
        }

        for (var i = Math.Max(Flaws.Length, (int)(wanted * FlawShare)); i > 0; i--)
        {
            events.Add(MakeFlawed(Flaws[i % Flaws.Length]));
        }

        return new OutcomePlay(Arrange(events));
    }

    private static readonly OutcomeFlaw[] Flaws = [OutcomeFlaw.UnknownMetric, OutcomeFlaw.NoPerson, OutcomeFlaw.DamagedBody];

    private OutcomeEvent Make(Customer customer, MessageHistory.Entry entry)
    {
        var identifiers = customer.IdentifiersAt(entry.At) & ~Identifiers.Phone;
        var json = _writer.Write(customer, entry.Channel, entry.Kind, entry.At, identifiers);
        return new OutcomeEvent(++_count, customer.Number, entry.Channel, entry.Kind, entry.At, identifiers, OutcomeFlaw.None, json);
    }

    private OutcomeEvent MakeFlawed(OutcomeFlaw flaw)
    {
        var at = _start.AddSeconds(-_random.Next(3_600, 20 * 86_400));
        var json = _writer.WriteFlawed(flaw, at);
        return new OutcomeEvent(++_count, 0, OutcomeChannel.Email, OutcomeKind.Nothing, at, Identifiers.None, flaw, json);
    }

    private OutcomeEvent[] Arrange(List<OutcomeEvent> events)
    {
        var slots = events
            .OrderBy(item => item.At)
            .ThenBy(item => item.Number)
            .Select((item, i) => (Event: item, Position: i + (_random.NextDouble() * (IsLate() ? events.Count : ShuffleWindow))))
            .ToList();
        for (var repeats = (int)(events.Count * RepeatShare); repeats > 0; repeats--)
        {
            var (again, position) = slots[_random.Next(events.Count)];
            slots.Add((again, position + (_random.NextDouble() * ShuffleWindow)));
        }

        return [.. slots.OrderBy(slot => slot.Position).ThenBy(slot => slot.Event.Number).Select(slot => slot.Event)];
    }

    private bool IsLate() => _random.NextDouble() < LateShare;
}
