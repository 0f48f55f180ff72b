using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Sending;

/// <summary>Counts of events as sent. Sent = Accepted + Duplicates + Quarantined + Refused + Unknown.</summary>
internal sealed record TallySnapshot(int Sent, int Accepted, int Duplicates, int Quarantined, int Refused, int Unknown, int Attempts);

/// <summary>Keeps what the receiver answered, event by event; safe for many senders at once.</summary>
internal sealed class Tally
{
    private const int MostComplaints = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<int, string?> _receipts = [];
    private readonly List<ShopEvent> _accepted = [];
    private readonly List<string> _complaints = [];
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
    public IReadOnlyList<ShopEvent> Accepted
    {
        get
        {
            lock (_gate)
            {
                return [.. _accepted];
            }
        }
    }

    /// <summary>Answers that the contract does not allow, at most twenty.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_gate)
            {
                return [.. _complaints];
            }
        }
    }

    /// <summary>Further tries of flawed events that no id tells apart (test sends, and those sent without one): each may rightly be quarantined.</summary>
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
                Record(delivery, delivery.Events[i], result.Answers[i]);
                _quarantineRepeats += HasNoIdInQuarantine(delivery.Events[i]) ? result.Attempts - 1 : 0;
            }
        }
    }

    private static bool HasNoIdInQuarantine(ShopEvent item) =>
        item.Flaw == Flaw.TestSend || (item.Flaw.IsQuarantined() && item.IdPlace == SenderIdPlace.None);

    private void Record(Delivery delivery, ShopEvent item, Answer answer)
    {
        _counts = _counts with { Sent = _counts.Sent + 1 };
        switch (answer.Verdict)
        {
            case Verdict.Accepted when _receipts.TryGetValue(item.Number, out var receipt):
                _counts = _counts with { Duplicates = _counts.Duplicates + 1 };
                ComplainIf(!string.Equals(receipt, answer.ReceiptId, StringComparison.Ordinal), item, answer, "a duplicate got another receipt");
                break;
            case Verdict.Accepted:
                _counts = _counts with { Accepted = _counts.Accepted + 1 };
                _receipts.Add(item.Number, answer.ReceiptId);
                _accepted.Add(item);
                break;
            case Verdict.Quarantined:
                _counts = _counts with { Quarantined = _counts.Quarantined + 1 };
                break;
            case Verdict.Refused:
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
        var expected = item.Flaw.IsQuarantined() ? Verdict.Quarantined : item.Flaw == Flaw.None ? Verdict.Accepted : Verdict.Refused;
        var rightStatus = delivery.IsArray || answer.HttpStatus == item.Flaw.ExpectedStatus();
        var rightCode = item.Flaw.ExpectedCode() is not { } code || string.Equals(code, answer.Code, StringComparison.Ordinal);
        var expectation = delivery.IsArray ? $"expected {expected}" : $"expected {item.Flaw.ExpectedStatus()} {item.Flaw.ExpectedCode()}";
        ComplainIf(answer.Verdict != expected || !rightStatus || !rightCode, item, answer, expectation);
        var hasReceipt = answer.Verdict is not (Verdict.Accepted or Verdict.Quarantined) || Guid.TryParse(answer.ReceiptId, out _);
        ComplainIf(!hasReceipt, item, answer, "the answer has no receipt");
    }

    private void ComplainIf(bool wrong, ShopEvent item, Answer answer, string what)
    {
        if (wrong && _complaints.Count < MostComplaints)
        {
            _complaints.Add($"event {item.Number} (flaw {item.Flaw}): {what}, answered {answer.HttpStatus} {answer.Verdict} {answer.Code}".TrimEnd());
        }
    }
}
