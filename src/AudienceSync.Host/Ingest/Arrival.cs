namespace AudienceSync.Host.Ingest;

/// <summary>What is known of a request beside its body. The default is of something that no sender waits for: a release from quarantine.</summary>
/// <param name="Deadline">Answers for the log when it takes too long; null when nobody waits.</param>
/// <param name="ReadAt">The timestamp at which the body had been read.</param>
/// <param name="Signed">The signature, when the request's receipts must be remembered by it.</param>
public readonly record struct Arrival(AnswerDeadline? Deadline, long ReadAt, SignedAt? Signed);

/// <summary>A signature that fits, and the day (UTC) of the timestamp it covers.</summary>
public readonly record struct SignedAt(DateOnly Day, string Signature);
