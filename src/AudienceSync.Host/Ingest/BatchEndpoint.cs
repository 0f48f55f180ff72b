using AudienceSync.Domain;
using AudienceSync.Host.Access;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// <c>POST /v1/webhooks/batch</c>: many events in one request, as a JSON array or as lines of JSON, for first loads and for senders that
/// collect. Each event is the same object as in a single webhook and has the same outcome; an event that cannot be read affects only itself.
/// All events of a batch are committed together.
/// <para>
/// <b>Ids.</b> An event's id is derived from its own fields only: the headers of a request identify none of them. So the same
/// events may be sent again in other batches, or alone, and are the same facts.
/// </para>
/// </summary>
public sealed class BatchEndpoint(AccessTokens<WebhookInbox> inboxes, TimeProvider clock, IngestCounters counters)
    : WebhookReceiver(inboxes, clock, counters)
{
    public const string Path = "/v1/webhooks/batch";

    protected override int MaxBytes => Limits.BatchBytes;

    protected override IngestProblem TooLarge => IngestProblem.BatchTooLarge;

    protected override IngestProblem? FindJson(IHeaderDictionary headers, RequestBody body) =>
        MediaType.BatchRefusal(headers.ContentType, headers.ContentEncoding, out _);

    protected override async Task AcceptAsync(HttpContext context, WebhookInbox inbox, RequestBody body, Arrival arrival, SignedAt? signed)
    {
        var headers = context.Request.Headers;
        _ = MediaType.BatchRefusal(headers.ContentType, headers.ContentEncoding, out var isLines);
        var items = BodyItem.OfBatch(body.Json, isLines);
        try
        {
            await (ShapeProblem(items) is { } problem
                ? RefuseAsync(context, inbox, body, problem, arrival)
                : KeepItemsAsync(context, inbox, body, items!, arrival with { Signed = HaveSignedIds(items!) ? null : signed }));
        }
        finally
        {
            foreach (var item in items ?? [])
            {
                item.Document?.Dispose();
            }
        }
    }

    private async Task KeepItemsAsync(HttpContext context, WebhookInbox inbox, RequestBody body, IReadOnlyList<BodyItem> items, Arrival arrival)
    {
        var parsedEvents = inbox.ParseBatch(items, Now);
        if (await inbox.ReloadedKeysAsync(parsedEvents, context.RequestAborted))
        {
            parsedEvents = inbox.ParseBatch(items, Now);
        }

        if (await KeepAsync(context, inbox, body, parsedEvents, single: false, arrival) is { } receipts)
        {
            await Answers.WriteBatchAsync(context, receipts);
        }
    }

    private static IngestProblem? ShapeProblem(IReadOnlyList<BodyItem>? items) => items switch
    {
        null => IngestProblem.MalformedJson,
        [] => IngestProblem.NoEvents,
        { Count: > Limits.EventsPerRequest } => IngestProblem.TooManyEvents,
        _ => null,
    };

    // An event that cannot be parsed has no effect, so there is nothing to remember for it.
    private static bool HaveSignedIds(IReadOnlyList<BodyItem> items)
    {
        foreach (var item in items)
        {
            if (item.Document is { } document && !SignedIds.AreAllIn(document.RootElement))
            {
                return false;
            }
        }

        return true;
    }
}
