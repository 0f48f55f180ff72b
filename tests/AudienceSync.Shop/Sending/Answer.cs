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
internal sealed record Answer(Verdict Verdict, int HttpStatus, string? ReceiptId, string? Code);

/// <param name="Answers">One for each event of the delivery, in order.</param>
/// <param name="Attempts">HTTP requests made.</param>
internal sealed record DeliveryResult(IReadOnlyList<Answer> Answers, int Attempts);
