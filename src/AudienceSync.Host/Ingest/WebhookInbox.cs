using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Ingest.Reporting;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Accepts the webhooks of one source: reads the events of a body with the reader of its workspace, and appends or quarantines them. What
/// it returns is durable: a receipt for each event, or one problem for all.
/// </summary>
public sealed class WebhookInbox(
    Source source,
    EventReader reader,
    ReportReader reports,
    PublishedKeys keys,
    BodySeal seal,
    BodyMentions mentions,
    GroupCommit log,
    Wake engagement,
    IReceiptFields? fields = null
)
{
    private readonly BodyReader _reader = new(source, reader);
    private readonly EventKeeper _keeper = new(source, new QuarantineEntries(source, seal, mentions), log);

    public Source Source => source;

    /// <summary>Accepts a body whose sender and media type were checked.</summary>
    /// <param name="body">The body, as received.</param>
    /// <param name="format">How its events are arranged.</param>
    /// <param name="arrival">What else is known about the request, with its signature if it has one.</param>
    /// <param name="cancellationToken">Ends the wait for keys that another Host published; what is queued is committed.</param>
    public async Task<KeepResult> AcceptAsync(RequestBody body, BodyFormat format, Arrival arrival, CancellationToken cancellationToken)
    {
        using var parsed = ParsedBody.Parse(body, format);
        if (parsed.Problem is { } problem)
        {
            return await RefuseAsync(problem, body, arrival);
        }

        var events = _reader.Read(parsed, body, arrival.SenderKey, arrival.ReceivedAt);
        if (Array.Exists(events, one => one.Quarantine == QuarantineReason.UnknownAudienceKey) && await keys.ReloadAsync(cancellationToken))
        {
            events = _reader.Read(parsed, body, arrival.SenderKey, arrival.ReceivedAt);
        }

        if (arrival.Signed is not null && parsed.HasSignedIds())
        {
            arrival = arrival with { Signed = null };
        }

        var kept = await _keeper.KeepAsync(events, body, parsed.IsSingle, arrival) with { IsSingle = parsed.IsSingle };
        return fields is not null && kept is { IsSingle: true, Problem: null }
            ? kept with
            {
                Fields = await fields.OfAsync(events[0].Named, cancellationToken),
            }
            : kept;
    }

    /// <summary>Accepts a report of a reporting source, whose signature was checked. Nothing of its content is refused.</summary>
    /// <param name="body">The body, as received.</param>
    /// <param name="arrival">What else is known about the request.</param>
    public async Task<KeepResult> AcceptReportAsync(RequestBody body, Arrival arrival)
    {
        var kept = await _keeper.KeepAsync([reports.Read(body, source, arrival.ReceivedAt)], body, isSingle: true, arrival);
        engagement.Signal();
        return kept;
    }

    /// <summary>Refuses a whole request, and keeps its body.</summary>
    /// <param name="problem">Why.</param>
    /// <param name="body">Null when it was not read to its end.</param>
    /// <param name="arrival">What else is known about the request. Its signature is not remembered: nothing of it has an effect.</param>
    public async Task<KeepResult> RefuseAsync(IngestProblem problem, RequestBody? body, Arrival arrival) =>
        await _keeper.KeepRefusedAsync(problem, body, named: [], arrival with { Signed = null }) with
        {
            Refusal = problem,
        };

    /// <summary>
    /// Accepts a quarantined event once more, as if it had just been received. One that still cannot be applied is not kept again: its
    /// receipt has the current reason.
    /// </summary>
    /// <param name="body">The body that was kept.</param>
    /// <param name="id">The id it would have had: headers are not kept, but the id derived from them is. Null when there is none.</param>
    /// <param name="receivedAt">When it was first received: its time is checked against this, unless it is held because its time was in the
    /// future.</param>
    /// <param name="now">The current time.</param>
    public async Task<KeepResult> ReleaseAsync(RequestBody body, EventId? id, DateTimeOffset receivedAt, DateTimeOffset now)
    {
        if (source.IsReporting)
        {
            var report = reports.Read(body, source, receivedAt);
            return report.Event is null
                ? new KeepResult([_keeper.ReceiptOf(report)], null)
                : await _keeper.KeepAsync([report], body, isSingle: true, new Arrival(now, default, null, null, 0));
        }

        using var parsed = ParsedBody.Parse(body, BodyFormat.Webhook);
        if (parsed.Problem is { } problem)
        {
            return new KeepResult([_keeper.ReceiptOf(ParsedEvent.Refuse(problem))], null);
        }

        var key = new SenderKey(id?.ToString(), null);
        var released = _reader.Read(parsed, body, key, receivedAt)[0];
        if (released.Quarantine == QuarantineReason.OccurredInFuture)
        {
            released = _reader.Read(parsed, body, key, now)[0];
        }

        if (released.Event is not { } pending)
        {
            return new KeepResult([_keeper.ReceiptOf(released)], null);
        }

        released = id is { } known ? released with { Event = pending with { Id = known }, Id = known } : released;
        return await _keeper.KeepAsync([released], body, isSingle: true, new Arrival(now, key, null, null, 0));
    }
}
