using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Journeys;

/// <summary>Bought something; leaves when it is sent back.</summary>
internal sealed class PostPurchase : IJourney
{
    public string Audience => "post_purchase_14d";

    public string Key => "post_purchase_14d_v1";

    public TimeSpan Window => TimeSpan.FromDays(14);

    public int Number => 2;

    public string Purpose => "Show buyers what goes with their purchase";

    public string Definition => "Bought in the last 14 days and did not send it back.";

    public IEnumerable<JourneyStep> Follow(IReadOnlyList<ShopAct> acts, DateTimeOffset now)
    {
        foreach (var act in acts)
        {
            if (act.Kind == ActKind.Purchase)
            {
                yield return new JourneyStep(EventKind.Add, act.At, "bought");
            }
            else if (act.Kind == ActKind.Refund)
            {
                yield return new JourneyStep(EventKind.Remove, act.At, "refund");
            }
        }
    }
}
