namespace AudienceSync.Shop.Simulation;

/// <summary>
/// Determines what is sent when: nearly in chronological order, some late, some twice, some in arrays, some with a short first timeout.
/// </summary>
internal sealed class DeliveryPlan(Random random)
{
    private const int ShuffleWindow = 60;
    private const int DuplicateWindow = 400;
    private const double LateShare = 0.03;
    private const double BatchedShare = 0.12;
    private const double ShortTimeoutShare = 0.02;
    private const int MaxArraySize = 40;
    private const int MaxWaitInArray = 400;

    /// <param name="early">Events that must arrive near the start.</param>
    /// <param name="events">The others.</param>
    /// <param name="anywhere">Events that arrive at any time of the play, whatever their timestamp.</param>
    /// <param name="duplicates">The number of events that are sent a second time.</param>
    public IReadOnlyList<Delivery> Make(
        IReadOnlyList<ShopEvent> early,
        IReadOnlyList<ShopEvent> events,
        IReadOnlyList<ShopEvent> anywhere,
        int duplicates
    )
    {
        var slots = new List<Slot>();
        slots.AddRange(early.Select(item => new Slot(item, random.NextDouble() * events.Count / 10, Batched: false)));
        slots.AddRange(
            events
                .OrderBy(item => item.OccurredAt)
                .ThenBy(item => item.Number)
                .Select((item, i) => new Slot(item, Position(i, events.Count), MayBeBatched(item) && random.NextDouble() < BatchedShare))
        );
        slots.AddRange(
            anywhere.Select(item => new Slot(
                item,
                random.NextDouble() * events.Count,
                MayBeBatched(item) && random.NextDouble() < BatchedShare
            ))
        );
        var repeatable = slots.Where(slot => slot.Event.IsAccepted()).ToArray();
        for (var i = 0; i < duplicates && repeatable.Length > 0; i++)
        {
            var slot = repeatable[random.Next(repeatable.Length)];
            slots.Add(new Slot(slot.Event, slot.Position + (random.NextDouble() * DuplicateWindow), Batched: false));
        }

        slots.Sort((a, b) => (a.Position, a.Event.Number).CompareTo((b.Position, b.Event.Number)));
        return Pack(slots);
    }

    private double Position(int index, int count) =>
        index + (random.NextDouble() < LateShare ? random.NextDouble() * count / 4 : random.NextDouble() * ShuffleWindow);

    // The headers of a request apply to the whole request, so only events with an id of their own, or none, go into an array.
    private static bool MayBeBatched(ShopEvent item) =>
        item.IdPlace is SenderIdPlace.Body or SenderIdPlace.None
        && (item.Flaw == Flaw.MissingPerson || item.IsAccepted() || item.IsQuarantined());

    private List<Delivery> Pack(List<Slot> slots)
    {
        var deliveries = new List<Delivery>();
        var waiting = new List<ShopEvent>();
        var (full, since) = (NextSize(), 0d);
        foreach (var slot in slots)
        {
            if (waiting.Count >= full || (waiting.Count > 0 && slot.Position - since > MaxWaitInArray))
            {
                deliveries.Add(Deliver(deliveries.Count, [.. waiting], isArray: true));
                waiting.Clear();
                full = NextSize();
            }

            if (!slot.Batched)
            {
                deliveries.Add(Deliver(deliveries.Count, [slot.Event], isArray: false));
                continue;
            }

            since = waiting.Count == 0 ? slot.Position : since;
            waiting.Add(slot.Event);
        }

        if (waiting.Count > 0)
        {
            deliveries.Add(Deliver(deliveries.Count, [.. waiting], isArray: true));
        }

        return deliveries;
    }

    private int NextSize() => random.Next(1, MaxArraySize + 1);

    private Delivery Deliver(int before, ShopEvent[] events, bool isArray) =>
        new(before + 1, events, isArray, random.NextDouble() < ShortTimeoutShare ? random.Next(1, 12) : 0);

    private sealed record Slot(ShopEvent Event, double Position, bool Batched);
}
