namespace AudienceSync.Shop.Simulation;

/// <summary>Draws what one customer does between their first visit and now: browses, abandons carts, buys, returns purchases.</summary>
internal sealed class CustomerActivity(Random random, DateTimeOffset now)
{
    private const double MeanDaysBetweenVisits = 11;

    /// <summary>The actions in chronological order, none of them in the future.</summary>
    public IReadOnlyList<ShopAction> Draw(DateTimeOffset firstVisit)
    {
        var actions = new List<ShopAction>();
        for (var visit = firstVisit; visit < now; visit += Gap())
        {
            Visit(actions, visit);
        }

        return [.. actions.Where(action => action.At <= now).OrderBy(action => action.At)];
    }

    private void Visit(List<ShopAction> actions, DateTimeOffset at)
    {
        switch (random.NextDouble())
        {
            case < 0.2:
                actions.Add(new ShopAction(ActionKind.Browse, at));
                break;
            case < 0.6:
                LeaveCart(actions, at);
                break;
            default:
                Buy(actions, at);
                break;
        }
    }

    private void LeaveCart(List<ShopAction> actions, DateTimeOffset at)
    {
        actions.Add(new ShopAction(ActionKind.AbandonCart, at, CartValueUsd()));
        var comesBack = random.NextDouble();
        if (comesBack < 0.04)
        {
            // The purchase falls exactly on the time of the reminder: the add and the removal tie.
            Buy(actions, at + Journeys.HighIntentCart.ReminderDelay);
        }
        else if (comesBack < 0.45)
        {
            Buy(actions, at.AddMilliseconds(random.Next(5 * 60_000, 3 * 24 * 3_600_000)));
        }
    }

    private void Buy(List<ShopAction> actions, DateTimeOffset at)
    {
        actions.Add(new ShopAction(ActionKind.Purchase, at));
        if (random.NextDouble() < 0.12)
        {
            actions.Add(new ShopAction(ActionKind.Refund, at.AddMilliseconds(random.Next(3_600_000, 10 * 24 * 3_600_000))));
        }
    }

    private decimal CartValueUsd() => Math.Round((decimal)(20 * Math.Exp(2.6 * random.NextDouble())), 2);

    // At least an hour between visits, and exponentially distributed above that.
    private TimeSpan Gap() =>
        TimeSpan.FromMilliseconds(Math.Round(3_600_000 - (MeanDaysBetweenVisits * 86_400_000 * Math.Log(1 - random.NextDouble()))));
}
