namespace AudienceSync.Shop.Journeys;

internal static class JourneyList
{
    public static readonly IReadOnlyList<IJourney> All = [new HighIntentCart(), new PostPurchase(), new Winback()];
}
