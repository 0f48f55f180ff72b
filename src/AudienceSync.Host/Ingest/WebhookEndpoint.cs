using System.Text.Json;
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

    protected override IngestProblem? FindJson(IHeaderDictionary headers, RequestBody body) =>
        MediaType.Refusal(headers.ContentType, headers.ContentEncoding, out var isForm) ?? BodyJson.Find(body, isForm);

    protected override async Task AcceptAsync(HttpContext context, WebhookInbox inbox, RequestBody body, Arrival arrival, SignedAt? signed)
    {
        var whole = BodyItem.Parse(body.Json);
        if (whole.Document is not { } document || (whole.Defect is not null && document.RootElement.ValueKind == JsonValueKind.Array))
        {
            whole.Document?.Dispose();
            await AcceptItemsAsync(context, inbox, body, arrival with { Signed = signed }, whole.Problem ?? whole.Defect!);
            return;
        }

        using (document)
        {
            var root = document.RootElement;
            if (ShapeProblem(root) is { } problem)
            {
                await RefuseAsync(context, inbox, body, problem, arrival);
                return;
            }

            var senderKey = SenderKey.Of(context.Request.Headers);
            var parsedEvents = inbox.Parse(root, senderKey, body, Now);
            if (await inbox.ReloadedKeysAsync(parsedEvents, context.RequestAborted))
            {
                parsedEvents = inbox.Parse(root, senderKey, body, Now);
            }

            if (whole.Defect is { } defect)
            {
                parsedEvents = Array.ConvertAll(parsedEvents, parsed => WebhookInbox.Salvage(parsed, defect));
            }

            if (signed is not null && !SignedIds.AreAllIn(root))
            {
                arrival = arrival with { Signed = signed };
            }

            await KeepAndAnswerAsync(context, inbox, body, parsedEvents, single: root.ValueKind == JsonValueKind.Object, arrival);
        }
    }

    // A body that cannot be parsed as a whole is refused as a whole, unless it is an array: then only the events that cannot be parsed are
    // refused.
    private async Task AcceptItemsAsync(HttpContext context, WebhookInbox inbox, RequestBody body, Arrival arrival, IngestProblem problem)
    {
        if (BodyItem.Split(body.Json) is not { Count: > 0 } items)
        {
            await RefuseAsync(context, inbox, body, problem, arrival);
            return;
        }

        try
        {
            if (items.Count > Limits.EventsPerRequest)
            {
                await RefuseAsync(context, inbox, body, IngestProblem.TooManyEvents, arrival);
                return;
            }

            var senderKey = SenderKey.Of(context.Request.Headers);
            var parsedEvents = inbox.Parse(items, senderKey, Now);
            if (await inbox.ReloadedKeysAsync(parsedEvents, context.RequestAborted))
            {
                parsedEvents = inbox.Parse(items, senderKey, Now);
            }

            await KeepAndAnswerAsync(context, inbox, body, parsedEvents, single: false, arrival);
        }
        finally
        {
            foreach (var item in items)
            {
                item.Document?.Dispose();
            }
        }
    }

    private static IngestProblem? ShapeProblem(JsonElement root) => root.ValueKind switch
    {
        JsonValueKind.Object => null,
        JsonValueKind.Array when root.GetArrayLength() == 0 => IngestProblem.NoEvents,
        JsonValueKind.Array when root.GetArrayLength() > Limits.EventsPerRequest => IngestProblem.TooManyEvents,
        JsonValueKind.Array => null,
        _ => IngestProblem.NotAnEvent,
    };

    private async Task KeepAndAnswerAsync(HttpContext context, WebhookInbox inbox, RequestBody body, ParsedEvent[] parsedEvents, bool single, Arrival arrival)
    {
        if (await KeepAsync(context, inbox, body, parsedEvents, single, arrival) is { } receipts)
        {
            await (single ? Answers.WriteAsync(context, receipts[0]) : Answers.WriteAsync(context, receipts));
        }
    }
}
