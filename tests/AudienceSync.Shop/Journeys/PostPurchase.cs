using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Journeys;

/// <summary>Entered at a purchase; left when the purchase is sent back.</summary>
internal sealed class PostPurchase : IJourney
{
    public string Audience => "post_purchase_14d";

    public string Key => "post_purchase_14d_v1";

    public TimeSpan Window => TimeSpan.FromDays(14);

    public int Number => 2;

    public string Purpose => "Show buyers what goes with their purchase";

    public string Definition => "Bought in the last 14 days and did not send it back.";

    public IEnumerable<JourneyStep> Follow(IReadOnlyList<ShopAction> actions, DateTimeOffset now)
    {
        foreach (var action in actions)
        {
            if (action.Kind == ActionKind.Purchase)
            {
                yield return new JourneyStep(EventKind.Add, action.At, "bought");
            }
            else if (action.Kind == ActionKind.Refund)
            {
                yield return new JourneyStep(EventKind.Remove, action.At, "refund");
            }
        }
    }
}
