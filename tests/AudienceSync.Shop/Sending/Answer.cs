using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Sending;

internal enum AnswerResult
{
    Accepted,
    Quarantined,
    Refused,

    /// <summary>No valid answer was received: the event may or may not be in the log.</summary>
    Unknown,
}

/// <summary>The receiver's answer about one event.</summary>
/// <param name="ReceiptId">Set for accepted and quarantined events.</param>
/// <param name="Code">The stable code of a quarantined or refused event.</param>
/// <param name="Warnings">The codes of the warnings; null when there were none.</param>
internal sealed record Answer(AnswerResult Result, int HttpStatus, string? ReceiptId, string? Code, IReadOnlyList<string>? Warnings = null);

/// <summary>
/// When something was received, as precisely as its sender can determine: not before it was first sent, not after it was first answered.
/// </summary>
internal readonly record struct ReceiptSpan(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>The span of something that was resent before its receipt was known.</summary>
    public ReceiptSpan With(ReceiptSpan other) => new(From < other.From ? From : other.From, Until < other.Until ? Until : other.Until);
}

/// <summary>An event that the receiver reported as accepted.</summary>
internal sealed record AcceptedEvent(ShopEvent Event, ReceiptSpan Received);

/// <param name="Answers">One for each event of the delivery, in order.</param>
/// <param name="Attempts">HTTP requests made.</param>
/// <param name="Received">When the receiver received it, by the clock of the sender.</param>
internal sealed record DeliveryResult(IReadOnlyList<Answer> Answers, int Attempts, ReceiptSpan Received);
