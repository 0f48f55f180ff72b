namespace AudienceSync.Shop.Simulation;

internal enum EventKind
{
    Add,
    Remove,
    Exposure,
}

/// <summary>Where the sender's id of an event is found.</summary>
internal enum SenderIdPlace
{
    Body,
    IdempotencyHeader,
    DeliveryHeader,
    None,
}

/// <summary>One event as the journey tool sends it; sent again, it is the same bytes and the same id.</summary>
/// <param name="OccurredAt">Exactly the instant that the body says, cut to its precision.</param>
/// <param name="Json">The event object. Padding and wrapping into an array are added when it is sent.</param>
/// <param name="HasPlaceholder">Whether it has a word for "no id" where the id should be.</param>
internal sealed record ShopEvent(
    int Number,
    int Customer,
    EventKind Kind,
    string AudienceKey,
    DateTimeOffset OccurredAt,
    Shown Shows,
    Flaw Flaw,
    SenderIdPlace IdPlace,
    string? SenderId,
    string Json,
    Clock Clock = Clock.Right,
    bool HasPlaceholder = false);
