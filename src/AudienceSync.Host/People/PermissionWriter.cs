using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Append;
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
        return failure is not null ? new KeepResult([], failure)
            : outcome.Has(ItemOutcome.PersonErased) ? new KeepResult([ErasedPerson.Refusal], null)
            : new KeepResult([Receipts.Accepted(pending, outcome.Items.Span[0])], null);
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
        var chunk = new List<PendingEvent>(Limits.EventsPerRequest);
        await foreach (var cell in list.ReadAsync(cancellationToken))
        {
            receipt.IgnoredColumns = list.IgnoredColumns;
            if (
                cell.Identifiers is not { } identifiers
                || reader.Suppression(identifiers, list.Lift, list.Destination, list.Reason, Source(list.DefaultCountry), at)
                    is not { } pending
            )
            {
                receipt.Refuse(new RefusedLine(cell.Line, cell.Column, cell.Code ?? $"invalid_{cell.Column}"));
                continue;
            }

            chunk.Add(pending);
            if (chunk.Count == Limits.EventsPerRequest && await TakeAsync(chunk, receipt) is { } failure)
            {
                return (receipt, failure);
            }
        }

        return (receipt, chunk.Count == 0 ? null : await TakeAsync(chunk, receipt));
    }

    private async Task<IngestProblem?> TakeAsync(List<PendingEvent> chunk, ListReceipt receipt)
    {
        var (_, failure) = await CommitAsync([.. chunk]);
        if (failure is null)
        {
            receipt.Accepted += chunk.Count;
        }

        chunk.Clear();
        return failure;
    }

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

    private static Source Source(string defaultCountry) => new(SourceName, SignatureMode.Off, [], defaultCountry);
}
