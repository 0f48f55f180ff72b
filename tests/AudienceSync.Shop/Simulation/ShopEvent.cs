namespace AudienceSync.Shop.Simulation;

internal enum EventKind
{
    Add,
    Remove,
    Exposure,
}

/// <summary>The location of the sender's id of an event.</summary>
internal enum SenderIdPlace
{
    Body,
    IdempotencyHeader,
    DeliveryHeader,
    None,
}

/// <summary>One event as the journey tool sends it; a resend has the same bytes and the same id.</summary>
/// <param name="OccurredAt">Exactly the time in the body, truncated to its precision.</param>
/// <param name="Json">The event object. Padding and wrapping into an array are added when the event is sent.</param>
/// <param name="HasPlaceholder">Whether it has a placeholder for "no id" where the id should be.</param>
internal sealed record ShopEvent(
    int Number,
    int Customer,
    EventKind Kind,
    string AudienceKey,
    DateTimeOffset OccurredAt,
    Identifiers Identifiers,
    Flaw Flaw,
    SenderIdPlace IdPlace,
    string? SenderId,
    string Json,
    Clock Clock = Clock.Accurate,
    bool HasPlaceholder = false
);
