using AudienceSync.Domain;
using AudienceSync.Host.Access;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// <c>POST /v1/webhooks/audience</c>: the webhook endpoint. A body is one event or an array of them, as JSON or as a form.
/// </summary>
public sealed class WebhookEndpoint(AccessTokens<WebhookInbox> inboxes, TimeProvider clock, IngestCounters counters)
    : WebhookReceiver(inboxes, clock, counters)
{
    public const string Path = "/v1/webhooks/audience";

    /// <summary>Senders may choose the method; each of these carries a body and has the same meaning.</summary>
    public static readonly IReadOnlyList<string> Methods = [HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete];

    protected override int MaxBytes => Limits.BodyBytes;

    protected override IngestProblem TooLarge => IngestProblem.BodyTooLarge;

    /// <summary>Whether a method is one of <see cref="Methods"/>.</summary>
    public static bool Takes(string method) =>
        HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method) || HttpMethods.IsDelete(method);

    protected override IngestProblem? FindJson(IHeaderDictionary headers, RequestBody body, out BodyFormat format)
    {
        format = BodyFormat.Webhook;
        return MediaType.Refusal(headers.ContentType, headers.ContentEncoding, out var isForm) ?? BodyJson.Find(body, isForm);
    }

    protected override Task WriteAsync(HttpContext context, KeepResult kept) =>
        kept.IsSingle ? Answers.WriteAsync(context, kept.Receipts[0], kept.Fields) : Answers.WriteAsync(context, kept.Receipts);
}
