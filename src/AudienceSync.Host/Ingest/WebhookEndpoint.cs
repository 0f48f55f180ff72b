using System.Text.Json;
using AudienceSync.Domain;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// <c>POST /v1/webhooks/audience</c>: the webhook endpoint. It authenticates the sender, checks the signature, parses the JSON and each
/// event in it; then everything is passed to the log as one unit, and the response claims nothing about it before the commit.
/// <para>
/// A body of a known sender is never lost: one that cannot be read is kept sealed in quarantine even when the response is a refusal. An
/// unauthenticated request is not kept at all, because otherwise anyone could fill the store.
/// </para>
/// </summary>
public sealed class WebhookEndpoint(SourceTokens<WebhookInbox> inboxes, TimeProvider clock, IngestCounters counters) : IDisposable
{
    public const string Path = "/v1/webhooks/audience";

    /// <summary>Senders may choose the method; each of these carries a body and has the same meaning.</summary>
    public static readonly IReadOnlyList<string> Methods = [HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete];

    private readonly AnswerDeadline _deadline = new(clock);

    /// <summary>Whether a method is one of <see cref="Methods"/>.</summary>
    public static bool Takes(string method) =>
        HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method) || HttpMethods.IsDelete(method);

    public void Dispose() => _deadline.Dispose();

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await ReceiveAsync(context);
        }
        catch (BadHttpRequestException broken)
        {
            // Too slow, badly chunked, or disconnected midway: the received data is not a request, and nothing of it was kept.
            await Answers.WriteAsync(context, IngestProblem.BrokenRequest with { Status = broken.StatusCode });
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The sender disconnected. Queued events are committed, and a retry is a duplicate.
            context.Abort();
        }
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        var authorization = context.Request.Headers.Authorization;
        var inbox = inboxes.Find(authorization.Count == 1 ? authorization[0] : null);
        if (inbox is null)
        {
            counters.Refused(IngestProblem.Unauthorized);
            await Answers.WriteAsync(context, IngestProblem.Unauthorized);
            return;
        }

        if (HasAmbiguousFraming(context.Request.Headers))
        {
            counters.Refused(IngestProblem.BrokenRequest);
            await Answers.WriteAsync(context, IngestProblem.BrokenRequest);
            return;
        }

        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        var arrival = new Arrival(_deadline, clock.GetTimestamp(), Signed: null);
        if (body is null)
        {
            await RefuseAsync(context, inbox, null, IngestProblem.BodyTooLarge, arrival);
        }
        else
        {
            await CheckAsync(context, inbox, body, arrival);
        }

        counters.RecordLatency(clock.GetElapsedTime(started));
    }

    // Request smuggling relies on two parties that read one request differently: a request with both a length and chunks, or with other
    // codings besides chunks, is refused instead of interpreted.
    private static bool HasAmbiguousFraming(IHeaderDictionary headers) =>
        headers.TransferEncoding is { Count: > 0 } coding
        && (coding is not [{ } only] || !only.Trim().Equals("chunked", StringComparison.OrdinalIgnoreCase)
            || headers.ContentLength is not null || headers.ContainsKey("X-Content-Length"));

    private Task CheckAsync(HttpContext context, WebhookInbox inbox, RequestBody body, Arrival arrival)
    {
        var headers = context.Request.Headers;
        var refusal = SignatureCheck.Refusal(
            inbox.Source, headers[SignatureCheck.SignatureHeader], headers[SignatureCheck.TimestampHeader], body.Span, clock.GetUtcNow(), out var signed);
        var isForm = false;
        refusal ??= MediaType.Refusal(headers.ContentType, headers.ContentEncoding, out isForm);
        return (refusal ?? BodyJson.Find(body, isForm)) is { } problem
            ? RefuseAsync(context, inbox, body, problem, arrival)
            : AcceptAsync(context, inbox, body, arrival, signed);
    }

    private async Task AcceptAsync(HttpContext context, WebhookInbox inbox, RequestBody body, Arrival arrival, SignedAt? signed)
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
            var parsedEvents = inbox.Parse(root, senderKey, body, clock.GetUtcNow());
            if (await inbox.ReloadedKeysAsync(parsedEvents, context.RequestAborted))
            {
                parsedEvents = inbox.Parse(root, senderKey, body, clock.GetUtcNow());
            }

            if (whole.Defect is { } defect)
            {
                parsedEvents = Array.ConvertAll(parsedEvents, parsed => WebhookInbox.Salvage(parsed, defect));
            }

            if (signed is not null && !SignedIds.AreAllIn(root))
            {
                arrival = arrival with { Signed = signed };
            }

            await KeepAsync(context, inbox, body, parsedEvents, single: root.ValueKind == JsonValueKind.Object, arrival);
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
            var parsedEvents = inbox.Parse(items, senderKey, clock.GetUtcNow());
            if (await inbox.ReloadedKeysAsync(parsedEvents, context.RequestAborted))
            {
                parsedEvents = inbox.Parse(items, senderKey, clock.GetUtcNow());
            }

            await KeepAsync(context, inbox, body, parsedEvents, single: false, arrival);
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

    private async Task KeepAsync(HttpContext context, WebhookInbox inbox, RequestBody body, ParsedEvent[] parsedEvents, bool single, Arrival arrival)
    {
        var result = await inbox.KeepAsync(parsedEvents, body, single, clock.GetUtcNow(), arrival);
        if (result.Problem is { } problem)
        {
            counters.Refused(problem);
            await Answers.WriteAsync(context, problem);
            return;
        }

        counters.Kept(result.Receipts);
        if (single)
        {
            await Answers.WriteAsync(context, result.Receipts[0]);
        }
        else
        {
            await Answers.WriteAsync(context, result.Receipts);
        }
    }

    private async Task RefuseAsync(HttpContext context, WebhookInbox inbox, RequestBody? body, IngestProblem problem, Arrival arrival)
    {
        counters.Refused(problem);
        if (problem.Status != StatusCodes.Status401Unauthorized)
        {
            var result = await inbox.KeepRefusedAsync(problem, body, clock.GetUtcNow(), arrival: arrival with { Signed = null });
            problem = result.Problem ?? problem;
        }

        await Answers.WriteAsync(context, problem);
    }
}
