using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Journeys;

/// <summary>Left a costly cart and did not pay within half an hour; leaves at the purchase.</summary>
internal sealed class HighIntentCart : IJourney
{
    public const decimal CostlyUsd = 100;

    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    public string Audience => "high_intent_cart_7d";

    public string Key => "high_intent_cart_7d_v1";

    public TimeSpan Window => TimeSpan.FromDays(7);

    public int Number => 1;

    public string Purpose => "Win back shoppers who left a costly cart";

    public string Definition => "Left a cart of 100 USD or more 30 minutes ago and did not pay.";

    public IEnumerable<JourneyStep> Follow(IReadOnlyList<ShopAct> acts, DateTimeOffset now)
    {
        var inside = false;
        foreach (var act in acts)
        {
            var due = act.At + Patience;
            if (act.Kind == ActKind.AbandonCart && act.CartValueUsd >= CostlyUsd && due <= now && !PaysBetween(acts, act.At, due))
            {
                inside = true;
                yield return new JourneyStep(EventKind.Add, due, "30min");
            }
            else if (act.Kind == ActKind.Purchase && inside)
            {
                inside = false;
                yield return new JourneyStep(EventKind.Remove, act.At, "purchase");
            }
        }
    }

    private static bool PaysBetween(IReadOnlyList<ShopAct> acts, DateTimeOffset from, DateTimeOffset to) =>
        acts.Any(act => act.Kind == ActKind.Purchase && act.At > from && act.At < to);
}
