namespace AudienceSync.Shop.Simulation;

/// <summary>Draws what one customer does between his first visit and now: looks, leaves carts, buys, sends things back.</summary>
internal sealed class CustomerLife(Random random, DateTimeOffset now)
{
    private const double MeanDaysBetweenVisits = 11;

    /// <summary>The acts in the order of time, none of them in the future.</summary>
    public IReadOnlyList<ShopAct> Live(DateTimeOffset firstVisit)
    {
        var acts = new List<ShopAct>();
        for (var visit = firstVisit; visit < now; visit += Gap())
        {
            Visit(acts, visit);
        }

        return [.. acts.Where(act => act.At <= now).OrderBy(act => act.At)];
    }

    private void Visit(List<ShopAct> acts, DateTimeOffset at)
    {
        switch (random.NextDouble())
        {
            case < 0.2:
                acts.Add(new ShopAct(ActKind.Browse, at));
                break;
            case < 0.6:
                LeaveCart(acts, at);
                break;
            default:
                Buy(acts, at);
                break;
        }
    }

    private void LeaveCart(List<ShopAct> acts, DateTimeOffset at)
    {
        acts.Add(new ShopAct(ActKind.AbandonCart, at, CartValueUsd()));
        var comesBack = random.NextDouble();
        if (comesBack < 0.04)
        {
            // The purchase falls on the very instant of the reminder: the add and the removal tie.
            Buy(acts, at + Journeys.HighIntentCart.Patience);
        }
        else if (comesBack < 0.45)
        {
            Buy(acts, at.AddMilliseconds(random.Next(5 * 60_000, 3 * 24 * 3_600_000)));
        }
    }

    private void Buy(List<ShopAct> acts, DateTimeOffset at)
    {
        acts.Add(new ShopAct(ActKind.Purchase, at));
        if (random.NextDouble() < 0.12)
        {
            acts.Add(new ShopAct(ActKind.Refund, at.AddMilliseconds(random.Next(3_600_000, 10 * 24 * 3_600_000))));
        }
    }

    private decimal CartValueUsd() => Math.Round((decimal)(20 * Math.Exp(2.6 * random.NextDouble())), 2);

    // At least an hour between visits, and exponential above it.
    private TimeSpan Gap() =>
        TimeSpan.FromMilliseconds(Math.Round(3_600_000 - (MeanDaysBetweenVisits * 86_400_000 * Math.Log(1 - random.NextDouble()))));
}
