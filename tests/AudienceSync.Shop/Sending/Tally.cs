using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Sending;

/// <summary>Counts of events as sent. Sent = Accepted + Duplicates + Quarantined + Refused + Unknown.</summary>
internal sealed record TallySnapshot(int Sent, int Accepted, int Duplicates, int Quarantined, int Refused, int Unknown, int Attempts);

/// <summary>Records what the receiver answered, event by event; safe for concurrent senders.</summary>
internal sealed class Tally
{
    private const int MaxViolations = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, string?> _receipts = [];
    private readonly Dictionary<int, AcceptedEvent> _accepted = [];
    private readonly List<string> _violations = [];
    private TallySnapshot _counts = new(0, 0, 0, 0, 0, 0, 0);
    private int _quarantineRepeats;

    public TallySnapshot Counts
    {
        get
        {
            lock (_gate)
            {
                return _counts;
            }
        }
    }

    /// <summary>Distinct events that were answered 200.</summary>
    public IReadOnlyList<AcceptedEvent> Accepted
    {
        get
        {
            lock (_gate)
            {
                return [.. _accepted.Values];
            }
        }
    }

    /// <summary>Distinct events about one customer that were answered 200.</summary>
    public IReadOnlyList<AcceptedEvent> AcceptedOf(int customer)
    {
        lock (_gate)
        {
            return [.. _accepted.Values.Where(item => item.Event.Customer == customer)];
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

    /// <summary>
    /// Further attempts of flawed events that no id distinguishes (test sends, and those sent without one): each may correctly be
    /// quarantined.
    /// </summary>
    public int QuarantineRepeats
    {
        get
        {
            lock (_gate)
            {
                return _quarantineRepeats;
            }
        }
    }

    public void Record(Delivery delivery, DeliveryResult result)
    {
        lock (_gate)
        {
            _counts = _counts with { Attempts = _counts.Attempts + result.Attempts };
            for (var i = 0; i < delivery.Events.Count; i++)
            {
                Record(delivery, delivery.Events[i], result.Answers[i], result);
                _quarantineRepeats += HasNoIdInQuarantine(delivery.Events[i]) ? result.Attempts - 1 : 0;
            }
        }
    }

    private static bool HasNoIdInQuarantine(ShopEvent item) =>
        item.Flaw == Flaw.TestSend || (item.IsQuarantined() && item.IdPlace == SenderIdPlace.None);

    private void Record(Delivery delivery, ShopEvent item, Answer answer, DeliveryResult result)
    {
        _counts = _counts with { Sent = _counts.Sent + 1 };
        switch (answer.Result)
        {
            case AnswerResult.Accepted when _receipts.TryGetValue(item.Number, out var receipt):
                _counts = _counts with { Duplicates = _counts.Duplicates + 1 };
                _accepted[item.Number] = new AcceptedEvent(item, _accepted[item.Number].Received.With(result.Received));
                AddViolationIf(
                    !string.Equals(receipt, answer.ReceiptId, StringComparison.Ordinal),
                    item,
                    answer,
                    "a duplicate received another receipt"
                );
                break;
            case AnswerResult.Accepted:
                _counts = _counts with { Accepted = _counts.Accepted + 1 };
                _receipts.Add(item.Number, answer.ReceiptId);
                _accepted.Add(item.Number, new AcceptedEvent(item, result.Received));
                break;
            case AnswerResult.Quarantined:
                _counts = _counts with { Quarantined = _counts.Quarantined + 1 };
                break;
            case AnswerResult.Refused:
                _counts = _counts with { Refused = _counts.Refused + 1 };
                break;
            default:
                _counts = _counts with { Unknown = _counts.Unknown + 1 };
                break;
        }

        Check(delivery, item, answer);
    }

    private void Check(Delivery delivery, ShopEvent item, Answer answer)
    {
        var expected =
            item.IsQuarantined() ? AnswerResult.Quarantined
            : item.IsAccepted() ? AnswerResult.Accepted
            : AnswerResult.Refused;
        var isExpectedStatus = delivery.IsArray || answer.HttpStatus == item.ExpectedStatus();
        var isExpectedCode = item.ExpectedCode() is not { } code || string.Equals(code, answer.Code, StringComparison.Ordinal);
        var expectation = delivery.IsArray ? $"expected {expected}" : $"expected {item.ExpectedStatus()} {item.ExpectedCode()}";
        AddViolationIf(answer.Result != expected || !isExpectedStatus || !isExpectedCode, item, answer, expectation);
        var hasReceipt = answer.Result is not (AnswerResult.Accepted or AnswerResult.Quarantined) || Guid.TryParse(answer.ReceiptId, out _);
        AddViolationIf(!hasReceipt, item, answer, "the answer has no receipt");
        if (answer.Result == AnswerResult.Accepted)
        {
            // Every repeat includes the warnings again, because the first answer may have been lost.
            CheckWarnings(item, answer);
        }
    }

    private void CheckWarnings(ShopEvent item, Answer answer)
    {
        var (expected, actual) = (item.ExpectedWarnings(), answer.Warnings ?? []);
        var isExpected = expected.All(actual.Contains) && (item.MayHaveMoreWarnings() || actual.All(expected.Contains));
        AddViolationIf(
            !isExpected,
            item,
            answer,
            $"expected the warnings [{string.Join(", ", expected)}], was [{string.Join(", ", actual)}]"
        );
    }

    private void AddViolationIf(bool wrong, ShopEvent item, Answer answer, string what)
    {
        if (wrong && _violations.Count < MaxViolations)
        {
            _violations.Add(
                $"event {item.Number} (flaw {item.Flaw}): {what}, answered {answer.HttpStatus} {answer.Result} {answer.Code}".TrimEnd()
            );
        }
    }
}
