using System.Globalization;
using AudienceSync.Domain;
using AudienceSync.Host.Access;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// <c>POST /v1/webhooks/batch</c>: many events in one request, as a JSON array or as lines of JSON, for first loads and for senders that
/// collect. Each event is the same object as in a single webhook and has the same outcome; an event that cannot be read affects only
/// itself. All events of a batch are committed together.
/// <para>
/// <b>Ids.</b> An event's id is derived from its own fields only: the headers of a request identify none of them. So the same
/// events may be sent again in other batches, or alone, and are the same facts.
/// </para>
/// </summary>
public sealed class BatchEndpoint(AccessTokens<WebhookInbox> inboxes, TimeProvider clock, IngestCounters counters)
    : WebhookReceiver(inboxes, clock, counters)
{
    public const string Path = "/v1/webhooks/batch";

    /// <summary>
    /// How many of the accepted events were in the log before. A header, because the body of an answer is the same for every retry.
    /// </summary>
    public const string DuplicatesHeader = "X-AudienceSync-Duplicates";

    protected override int MaxBytes => Limits.BatchBytes;

    protected override IngestProblem TooLarge => IngestProblem.BatchTooLarge;

    protected override IngestProblem? FindJson(IHeaderDictionary headers, RequestBody body, out BodyFormat format)
    {
        var refusal = MediaType.BatchRefusal(headers.ContentType, headers.ContentEncoding, out var isLines);
        format = isLines ? BodyFormat.Lines : BodyFormat.Batch;
        return refusal;
    }

    protected override Task WriteAsync(HttpContext context, KeepResult kept)
    {
        var duplicates = kept.Receipts.Count(receipt => receipt is { Status: Receipt.Accepted, Duplicate: true });
        context.Response.Headers[DuplicatesHeader] = duplicates.ToString(CultureInfo.InvariantCulture);
        return Answers.WriteBatchAsync(context, kept.Receipts);
    }
}
