using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Ingest;

/// <summary>What is known about a request besides its body.</summary>
/// <param name="ReceivedAt">When its body had been read.</param>
/// <param name="SenderKey">The ids in its headers.</param>
/// <param name="Signed">Its signature; null when there is none, or when its receipts need not be remembered by it.</param>
/// <param name="Deadline">Answers in place of the log when it takes too long; null when no sender waits.</param>
/// <param name="ReadAt">The timestamp at which the body had been read.</param>
public readonly record struct Arrival(
    DateTimeOffset ReceivedAt,
    SenderKey SenderKey,
    SignedAt? Signed,
    AnswerDeadline? Deadline,
    long ReadAt
);

/// <summary>A valid signature, and the day (UTC) of the timestamp that it covers.</summary>
public readonly record struct SignedAt(DateOnly Day, string Signature);
