using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.People;

/// <summary>
/// Accepts what an operator states about one person's consent or suppression, or about a list of people, and returns when it is in the log.
/// There it is an event like any webhook's: the projector restricts targeting, the accounts remove, and when it is lifted they add again.
/// </summary>
public sealed class PermissionWriter(PersonEventReader reader, GroupCommit log, TimeProvider clock)
{
    /// <summary>The source name of operator events in the log.</summary>
    public const string SourceName = "operator";

    // Nothing of an operator waits in quarantine: they are there to correct it.
    private static readonly Receipt NotLinked = new(
        Receipt.Refused,
        null,
        QuarantineReason.TooManyAddresses.Code,
        "The strongest identifier came with too many emails or phones to link a new one. Nothing was applied: name the person without it, "
            + "or allow the identifier to link.",
        false
    );

    /// <summary>Commits one event.</summary>
    /// <param name="item">The request: a person, and what is stated about the person.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="defaultCountry">The country of phone numbers without one.</param>
    public async Task<KeepResult> WriteAsync(JsonElement item, string type, string defaultCountry)
    {
        var now = clock.GetUtcNow();
        var problem = TextField.TryRead(item, "event_id"u8, Limits.EventIdChars, IngestProblem.InvalidEventId, out var id);
        var parsed = problem is null ? reader.Read(item, type, id, Source(defaultCountry), now) : ParsedEvent.Refuse(problem);
        if (parsed.Event is not { } pending)
        {
            return new KeepResult([], parsed.Problem ?? IngestProblem.InvalidOccurredAt);
        }

        var (outcome, failure) = await CommitAsync([pending]);
        return failure is not null ? new KeepResult([], failure) : new KeepResult([ReceiptOf(pending, outcome.Items.Span[0])], null);
    }

    /// <summary>Commits a list's suppressions or lifts, chunk by chunk: what is in the log when a chunk fails stays there.</summary>
    public async Task<(ListReceipt Receipt, IngestProblem? Problem)> TakeListAsync(
        SuppressionList list,
        CancellationToken cancellationToken
    )
    {
        var receipt = new ListReceipt();
        if (list.Destination is { } name && !reader.HasDestination(name))
        {
            return (receipt, IngestProblem.UnknownDestination);
        }

        var at = OccurredAt.Stored(clock.GetUtcNow());
        var chunk = new List<ListedEvent>(Limits.EventsPerRequest);
        await foreach (var cell in list.ReadAsync(cancellationToken))
        {
            receipt.IgnoredColumns = list.IgnoredColumns;
            var pending = cell.Identifiers is { } identifiers
                ? reader.Suppression(identifiers, list.Lift, list.Destination, list.Reason, Source(list.DefaultCountry), at)
                : null;
            chunk.Add(new ListedEvent(cell, pending));
            if (chunk.Count == Limits.EventsPerRequest && await TakeAsync(chunk, receipt) is { } failure)
            {
                return (receipt, failure);
            }
        }

        return (receipt, chunk.Count == 0 ? null : await TakeAsync(chunk, receipt));
    }

    // Only what the commit has is accepted, whatever was sent to it.
    private async Task<IngestProblem?> TakeAsync(List<ListedEvent> chunk, ListReceipt receipt)
    {
        PendingEvent[] events = [.. chunk.Select(cell => cell.Event).OfType<PendingEvent>()];
        var (outcome, failure) = events.Length == 0 ? (default, null) : await CommitAsync(events);
        var next = 0;
        foreach (var (cell, pending) in failure is null ? chunk : [])
        {
            var code = pending is null ? cell.Code ?? SuppressionList.NoIdentifier : ReceiptOf(pending, outcome.Items.Span[next++]).Code;
            if (code is null)
            {
                receipt.Accepted++;
            }
            else
            {
                receipt.Refuse(new RefusedLine(cell.Line, cell.Column, code));
            }
        }

        chunk.Clear();
        return failure;
    }

    private static Receipt ReceiptOf(PendingEvent pending, ItemOutcome outcome) =>
        outcome switch
        {
            ItemOutcome.Appended or ItemOutcome.Duplicate => Receipts.Accepted(pending, outcome),
            ItemOutcome.PersonErased => ErasedPerson.Refusal,
            ItemOutcome.Unlinkable => NotLinked,
            _ => throw new InvalidOperationException("An operator's event is never in quarantine."),
        };

    private async Task<(RequestOutcome Outcome, IngestProblem? Problem)> CommitAsync(PendingEvent[] events)
    {
        // The content of the request is in the log and the vault; a copy of the body would only be one more place to erase the person from.
        var request = new PendingRequest(events, [], default, clock.GetUtcNow());
        if (!log.TryEnqueue(request))
        {
            return (default, IngestProblem.QueueFull);
        }

        var outcome = await request.Settled;
        return (
            outcome,
            outcome.Result switch
            {
                AppendResult.Committed => null,
                AppendResult.Unstorable => IngestProblem.InvalidText,
                _ => IngestProblem.StorageDown,
            }
        );
    }

    private readonly record struct ListedEvent(ListedIdentifier Cell, PendingEvent? Event);

    private static Source Source(string defaultCountry) => new(SourceName, SignatureMode.Off, [], defaultCountry);
}
