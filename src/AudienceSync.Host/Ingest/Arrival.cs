namespace AudienceSync.Host.Ingest;

/// <summary>
/// What is known about a request besides its body. The default is for input that no sender waits for: a release from quarantine.
/// </summary>
/// <param name="Deadline">Answers in place of the log when it takes too long; null when no sender waits.</param>
/// <param name="ReadAt">The timestamp at which the body had been read.</param>
/// <param name="Signed">The signature, when the request's receipts must be remembered by it.</param>
public readonly record struct Arrival(AnswerDeadline? Deadline, long ReadAt, SignedAt? Signed);

/// <summary>A valid signature, and the day (UTC) of the timestamp that it covers.</summary>
public readonly record struct SignedAt(DateOnly Day, string Signature);
