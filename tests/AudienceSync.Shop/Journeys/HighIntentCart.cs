using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Journeys;

/// <summary>Entered after a cart of high value was abandoned and not paid for within half an hour; left at the purchase.</summary>
internal sealed class HighIntentCart : IJourney
{
    public const decimal HighValueUsd = 100;

    public static readonly TimeSpan ReminderDelay = TimeSpan.FromMinutes(30);

    public string Audience => "high_intent_cart_7d";

    public string Key => "high_intent_cart_7d_v1";

    public TimeSpan Window => TimeSpan.FromDays(7);

    public int Number => 1;

    public string Purpose => "Win back shoppers who left a costly cart";

    public string Definition => "Left a cart of 100 USD or more 30 minutes ago and did not pay.";

    public IEnumerable<JourneyStep> Follow(IReadOnlyList<ShopAction> actions, DateTimeOffset now)
    {
        var inside = false;
        foreach (var action in actions)
        {
            var due = action.At + ReminderDelay;
            if (
                action.Kind == ActionKind.AbandonCart
                && action.CartValueUsd >= HighValueUsd
                && due <= now
                && !PaysBetween(actions, action.At, due)
            )
            {
                inside = true;
                yield return new JourneyStep(EventKind.Add, due, "30min");
            }
            else if (action.Kind == ActionKind.Purchase && inside)
            {
                inside = false;
                yield return new JourneyStep(EventKind.Remove, action.At, "purchase");
            }
        }
    }

    private static bool PaysBetween(IReadOnlyList<ShopAction> actions, DateTimeOffset from, DateTimeOffset to) =>
        actions.Any(action => action.Kind == ActionKind.Purchase && action.At > from && action.At < to);
}
