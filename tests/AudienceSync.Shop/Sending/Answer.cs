using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Sending;

internal enum Verdict
{
    Accepted,
    Quarantined,
    Refused,

    /// <summary>No answer was ever understood: the event may or may not be in the log.</summary>
    Unknown,
}

/// <summary>What the receiver said about one event.</summary>
/// <param name="ReceiptId">Set for accepted and quarantined events.</param>
/// <param name="Code">The stable code of a quarantined or refused event.</param>
/// <param name="Warnings">The codes of what was read around; null when nothing was.</param>
internal sealed record Answer(Verdict Verdict, int HttpStatus, string? ReceiptId, string? Code, IReadOnlyList<string>? Warnings = null);

/// <summary>When something was received, as closely as its sender can know: not before it was first sent, not after it was first answered.</summary>
internal readonly record struct ReceiptSpan(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>Of something that was sent again before it was known to have been received.</summary>
    public ReceiptSpan With(ReceiptSpan other) => new(From < other.From ? From : other.From, Until < other.Until ? Until : other.Until);
}

/// <summary>An event that the receiver says it has.</summary>
internal sealed record AcceptedEvent(ShopEvent Event, ReceiptSpan Received);

/// <param name="Answers">One for each event of the delivery, in order.</param>
/// <param name="Attempts">HTTP requests made.</param>
/// <param name="Received">When the receiver got it, by the clock of the sender.</param>
internal sealed record DeliveryResult(IReadOnlyList<Answer> Answers, int Attempts, ReceiptSpan Received);
