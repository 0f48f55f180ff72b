namespace AudienceSync.Shop.Outcomes;

/// <summary>Counts of events of the reporting stream. Sent = Accepted + Duplicates + Kept + Refused + Unknown.</summary>
/// <param name="Kept">Flawed ones that were stored without effect.</param>
/// <param name="Refused">Answered with an error that stops the stream.</param>
/// <param name="Unknown">Without an answer that the contract has.</param>
internal sealed record OutcomeCounts(int Sent, int Accepted, int Duplicates, int Kept, int Refused, int Unknown, int Attempts);

/// <summary>The receiver's answer about one event of the reporting stream.</summary>
/// <param name="HttpStatus">0 for none.</param>
/// <param name="Status"><c>accepted</c>, <c>duplicate</c> or <c>kept</c>.</param>
internal sealed record OutcomeAnswer(int HttpStatus, string? Status, int Attempts, bool WasRefused);

/// <summary>Records what the receiver answered on the reporting stream; safe for concurrent readers.</summary>
internal sealed class OutcomeTally
{
    private const int MaxViolations = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, OutcomeEvent> _acknowledged = [];
    private readonly List<string> _violations = [];
    private OutcomeCounts _counts = new(0, 0, 0, 0, 0, 0, 0);

    public OutcomeCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return _counts;
            }
        }
    }

    /// <summary>Distinct events that were answered with success.</summary>
    public IReadOnlyList<OutcomeEvent> Acknowledged
    {
        get
        {
            lock (_gate)
            {
                return [.. _acknowledged.Values];
            }
        }
    }

    /// <summary>Answers that violate the contract, at most twenty.</summary>
    public IReadOnlyList<string> Violations
    {
        get
        {
            lock (_gate)
            {
                return [.. _violations];
            }
        }
    }

    public void Record(OutcomeEvent item, OutcomeAnswer answer)
    {
        lock (_gate)
        {
            var isRepeat = _acknowledged.ContainsKey(item.Number);
            var isGood = answer is { HttpStatus: 200, Status: "accepted" or "duplicate" or "kept" };
            _counts = _counts with
            {
                Sent = _counts.Sent + 1,
                Attempts = _counts.Attempts + answer.Attempts,
                Accepted = _counts.Accepted + Count(isGood && answer.Status == "accepted"),
                Duplicates = _counts.Duplicates + Count(isGood && answer.Status == "duplicate"),
                Kept = _counts.Kept + Count(isGood && answer.Status == "kept"),
                Refused = _counts.Refused + Count(!isGood && answer.WasRefused),
                Unknown = _counts.Unknown + Count(!isGood && !answer.WasRefused),
            };
            if (isGood)
            {
                _acknowledged.TryAdd(item.Number, item);
            }

            if (Expectation(item, answer, isRepeat) is { } expected && _violations.Count < MaxViolations)
            {
                _violations.Add(
                    $"outcome {item.Number} ({item.Kind}, flaw {item.Flaw}): expected {expected}, "
                        + $"answered {answer.HttpStatus} {answer.Status}".TrimEnd()
                );
            }
        }
    }

    private static int Count(bool counts) => counts ? 1 : 0;

    // Null when the answer is as expected. A request that was sent more than once may have been received before.
    private static string? Expectation(OutcomeEvent item, OutcomeAnswer answer, bool isRepeat) =>
        answer switch
        {
            { HttpStatus: not 200 } => "200",
            { WasRefused: true } => "no refusal before the success",
            _ when item.Flaw != OutcomeFlaw.None => answer.Status is "accepted" or "kept" or "duplicate" ? null : "accepted or kept",
            _ when isRepeat => answer.Status == "duplicate" ? null : "duplicate",
            { Attempts: > 1 } => answer.Status is "accepted" or "duplicate" ? null : "accepted or duplicate",
            _ => answer.Status == "accepted" ? null : "accepted",
        };
}
