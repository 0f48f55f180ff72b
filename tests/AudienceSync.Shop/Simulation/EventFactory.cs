using AudienceSync.Shop.Journeys;

namespace AudienceSync.Shop.Simulation;

/// <summary>Converts journey steps into events with an id of one of the four kinds.</summary>
internal sealed class EventFactory(Random random, ExpiryWindow expiry)
{
    private const string IdAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private readonly EventWriter _writer = new(random);
    private readonly HashSet<(int Customer, EventKind Kind, string Key, string Step, DateTimeOffset At)> _composites = [];
    private readonly HashSet<(string Id, EventKind Kind, string Key, int Customer)> _facts = [];
    private string? _reusable;
    private int _count;

    /// <param name="clock">The step's time is what the sender's clock showed; this is how wrong that clock is.</param>
    public ShopEvent FromStep(Customer customer, IJourney journey, JourneyStep step, Clock clock = Clock.Accurate)
    {
        var form = TimeForms.Draw(random);
        var at = form.Truncate(step.At);
        if (step.Kind == EventKind.Add)
        {
            at = expiry.Avoid(at, journey.Window);
        }

        var identifiers = customer.IdentifiersAt(at);
        // Not for a former guest: their e-mail beside their id is what links the two, and this could be their only webhook with an id.
        if (
            step.Kind == EventKind.Remove
            && identifiers.HasFlag(Identifiers.CustomerId)
            && customer.KnownSince is null
            && random.Next(12) == 0
        )
        {
            identifiers = Identifiers.CustomerId;
        }

        return Make(customer, journey.Key, journey.Audience, step with { At = at }, form, identifiers, Flaw.None, clock);
    }

    /// <summary>
    /// A webhook that the receiver must refuse, quarantine or accept with a warning, about a customer who is known from valid ones.
    /// </summary>
    public ShopEvent Flawed(Customer customer, Flaw flaw, DateTimeOffset start)
    {
        var journey = JourneyList.All[random.Next(JourneyList.All.Count)];
        var at = flaw == Flaw.FarFuture ? start.AddMinutes(random.Next(30 * 60, 72 * 60)) : start.AddMinutes(-random.Next(60, 80_000));
        var form = TimeForms.Draw(random);
        var key = flaw == Flaw.UnknownKey ? $"nobody_knows_{random.Next(5)}_v1" : journey.Key;
        var step = new JourneyStep(FlawedKind(), form.Truncate(at), "flawed");
        return Make(
            customer,
            key,
            journey.Audience,
            step,
            form,
            customer.IdentifiersAt(start),
            flaw,
            flaw == Flaw.FarFuture ? Clock.Ahead : Clock.Accurate
        );
    }

    private EventKind FlawedKind() =>
        random.Next(5) switch
        {
            0 or 1 => EventKind.Add,
            2 or 3 => EventKind.Remove,
            _ => EventKind.Exposure,
        };

    private ShopEvent Make(
        Customer customer,
        string key,
        string journey,
        JourneyStep step,
        TimeForm form,
        Identifiers identifiers,
        Flaw flaw,
        Clock clock
    )
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
            step.Kind,
            key,
            journey,
            step.Step,
            step.At,
            form,
            customer,
            identifiers,
            flaw,
            place == SenderIdPlace.Body ? id : null
        );
        var (json, hasPlaceholder) = _writer.Write(facts);
        return new ShopEvent(++_count, customer.Number, step.Kind, key, step.At, identifiers, flaw, place, id, json, clock, hasPlaceholder);
    }

    // Senders use the id of a trigger for every event that it causes: for the add and the remove of a person, or for several people. Each
    // is a separate fact.
    private string MaybeReused(string id, EventKind kind, string key, int customer)
    {
        if (_reusable is { } previous && random.Next(15) == 0 && _facts.Add((previous, kind, key, customer)))
        {
            return previous;
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

    private string NewId() =>
        string.Create(
            26,
            random,
            static (span, random) =>
            {
                span[0] = '0';
                span[1] = '1';
                for (var i = 2; i < span.Length; i++)
                {
                    span[i] = IdAlphabet[random.Next(IdAlphabet.Length)];
                }
            }
        );
}
