using AudienceSync.Shop.Journeys;

namespace AudienceSync.Shop.Simulation;

/// <summary>Turns journey steps into events with an id of one of the four kinds.</summary>
internal sealed class EventFactory(Random random, ExpiryWindow expiry)
{
    private const string IdAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private readonly EventWriter _writer = new(random);
    private readonly HashSet<(int Customer, EventKind Kind, string Key, string Step, DateTimeOffset At)> _composites = [];
    private readonly HashSet<(string Id, EventKind Kind, string Key, int Customer)> _facts = [];
    private string? _reusable;
    private int _count;

    /// <param name="clock">The step's time is what the sender's clock showed; this says how wrong that is.</param>
    public ShopEvent FromStep(Customer customer, IJourney journey, JourneyStep step, Clock clock = Clock.Right)
    {
        var form = TimeForms.Draw(random);
        var at = form.Cut(step.At);
        if (step.Kind == EventKind.Add)
        {
            at = expiry.Avoid(at, journey.Window);
        }

        var shows = customer.ShownAt(at);
        // Not for a former guest: his e-mail beside his id is what links the two, and this could be his only webhook with an id.
        if (step.Kind == EventKind.Remove && shows.HasFlag(Shown.CustomerId) && customer.KnownSince is null && random.Next(12) == 0)
        {
            shows = Shown.CustomerId;
        }

        return Make(customer, journey.Key, journey.Audience, step with { At = at }, form, shows, Flaw.None, clock);
    }

    /// <summary>A webhook that the receiver must refuse, set aside or read around, about a customer who is known from good ones.</summary>
    public ShopEvent Flawed(Customer customer, Flaw flaw, DateTimeOffset start)
    {
        var journey = JourneyList.All[random.Next(JourneyList.All.Count)];
        var at = flaw == Flaw.FarFuture ? start.AddMinutes(random.Next(30 * 60, 72 * 60)) : start.AddMinutes(-random.Next(60, 80_000));
        var form = TimeForms.Draw(random);
        var key = flaw == Flaw.UnknownKey ? $"nobody_knows_{random.Next(5)}_v1" : journey.Key;
        var step = new JourneyStep(FlawedKind(), form.Cut(at), "flawed");
        return Make(customer, key, journey.Audience, step, form, customer.ShownAt(start), flaw, flaw == Flaw.FarFuture ? Clock.Ahead : Clock.Right);
    }

    private EventKind FlawedKind() => random.Next(5) switch
    {
        0 or 1 => EventKind.Add,
        2 or 3 => EventKind.Remove,
        _ => EventKind.Exposure,
    };

    private ShopEvent Make(Customer customer, string key, string journey, JourneyStep step, TimeForm form, Shown shows, Flaw flaw, Clock clock)
    {
        var (place, id) = DrawId(flaw);
        if (place == SenderIdPlace.None && !_composites.Add((customer.Number, step.Kind, key, step.Step, step.At)))
        {
            (place, id) = (SenderIdPlace.Body, NewId());
        }

        if (flaw == Flaw.None && place == SenderIdPlace.Body)
        {
            id = MaybeReused(id!, step.Kind, key, customer.Number);
        }

        var facts = new EventFacts(
            step.Kind, key, journey, step.Step, step.At, form, customer, shows, flaw, place == SenderIdPlace.Body ? id : null);
        var (json, hasPlaceholder) = _writer.Write(facts);
        return new ShopEvent(++_count, customer.Number, step.Kind, key, step.At, shows, flaw, place, id, json, clock, hasPlaceholder);
    }

    // Senders take the id of a trigger for all that it sets off: for the add and the remove of a person, or for several people. Each is a fact of its own.
    private string MaybeReused(string id, EventKind kind, string key, int customer)
    {
        if (_reusable is { } former && random.Next(15) == 0 && _facts.Add((former, kind, key, customer)))
        {
            return former;
        }

        _facts.Add((id, kind, key, customer));
        _reusable = id;
        return id;
    }

    private (SenderIdPlace Place, string? Id) DrawId(Flaw flaw)
    {
        if (flaw == Flaw.TestSend)
        {
            return (random.Next(2) == 0 ? SenderIdPlace.Body : SenderIdPlace.DeliveryHeader, "unsent");
        }

        return random.Next(10) switch
        {
            0 or 1 => (SenderIdPlace.IdempotencyHeader, NewId()),
            2 => (SenderIdPlace.DeliveryHeader, NewId()),
            3 => (SenderIdPlace.None, null),
            _ => (SenderIdPlace.Body, NewId()),
        };
    }

    private string NewId() => string.Create(26, random, static (span, random) =>
    {
        span[0] = '0';
        span[1] = '1';
        for (var i = 2; i < span.Length; i++)
        {
            span[i] = IdAlphabet[random.Next(IdAlphabet.Length)];
        }
    });
}
