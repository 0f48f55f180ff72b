using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Ingest;

/// <summary>The receipts of the events of a body, from how they were read and what the commit did with them.</summary>
internal sealed class Receipts(QuarantineEntries entries)
{
    /// <param name="events">The events of the body.</param>
    /// <param name="outcomes">One for each of them.</param>
    public Receipt[] Of(ParsedEvent[] events, ReadOnlySpan<ItemOutcome> outcomes)
    {
        var receipts = new Receipt[events.Length];
        for (var i = 0; i < events.Length; i++)
        {
            receipts[i] = Of(events[i], outcomes[i]);
        }

        return receipts;
    }

    /// <summary>The receipt of an event.</summary>
    public Receipt Of(in ParsedEvent parsed, ItemOutcome outcome) =>
        parsed switch
        {
            { Problem: { } refused } => new Receipt(Receipt.Refused, null, refused.Code, refused.Detail, false),
            _ when outcome == ItemOutcome.PersonErased => ErasedPerson.Refusal,
            { Event: not null } when outcome == ItemOutcome.Unlinkable => Held(parsed, QuarantineReason.TooManyAddresses),
            { Event: { } pending } => Accepted(pending, outcome),
            { Quarantine: { } reason } => Held(parsed, reason),
            _ => throw new InvalidOperationException("A parsed event without an outcome."),
        };

    /// <summary>The receipt of an event that is in the log.</summary>
    public static Receipt Accepted(PendingEvent pending, ItemOutcome outcome) =>
        new(Receipt.Accepted, pending.Id.Value, null, null, outcome == ItemOutcome.Duplicate) { Warnings = pending.Warnings };

    /// <summary>
    /// The receipts that the first request with the same signature received. The same bytes are parsed the same way, so the fields left out
    /// of the first request are left out of this one.
    /// </summary>
    public static Receipt[] Repeated(KeptReceipt[] given, ParsedEvent[] events)
    {
        var receipts = Array.ConvertAll(given, Receipt.Repeated);
        for (var i = 0; i < receipts.Length && receipts.Length == events.Length; i++)
        {
            if (receipts[i].Status == Receipt.Accepted && events[i].Event is { } pending)
            {
                receipts[i] = receipts[i] with { Warnings = pending.Warnings };
            }
        }

        return receipts;
    }

    private Receipt Held(in ParsedEvent parsed, QuarantineReason reason) =>
        new(Receipt.Quarantined, entries.IdOf(reason.Code, parsed.Id, parsed.Text.Span), reason.Code, reason.Detail, false);
}
