using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;

namespace AudienceSync.Domain.Tests;

/// <summary>One full record of every event type: what the golden files hold.</summary>
internal static class GoldenEvents
{
    private static readonly AudienceKey Key = AudienceKey.Of("high_intent_cart_7d", 1);

    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 3, 1, 12, 30, 15, TimeSpan.Zero).AddTicks(1_234_560);

    public static readonly IReadOnlyList<IStoredEvent> All =
    [
        new AudienceMemberAdded(
            Key, At, "shop", new Consent(ConsentAnswer.Granted, ConsentAnswer.Denied), new JourneyContext("cart", "reminder 2", "b", "msg-77")),
        new AudienceMemberRemoved(
            Key, At, "shop", new Consent(ConsentAnswer.Denied, ConsentAnswer.Unsaid), new JourneyContext("cart", Step: null, Variant: null, "msg-78")),
        new AudienceExposureRecorded(Key, At, "läden", Consent: default, new JourneyContext("größe \"L\"", "1", Variant: null, Message: null)),
        new PersonIdentifiersChanged(3),
        new AudienceKeyPublished(Key, 604_800, "retargeting", "growth", "cart value over 100, no order for 7 days"),
    ];
}
