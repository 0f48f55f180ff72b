using System.Text.Json;
using System.Text.Unicode;
using AudienceSync.Domain;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// <c>POST /v1/webhooks/audience</c>: the door. Who is it, is it signed, is it JSON, what does each event say; then everything goes to the
/// log in one piece, and only after its commit is anything claimed of it.
/// <para>
/// A body of a known sender is never lost: what cannot be read is kept sealed in quarantine even when the answer is a refusal. What is not
/// authenticated is not kept at all, or anybody could fill the store.
/// </para>
/// </summary>
public sealed class WebhookEndpoint(SourceTokens<WebhookInbox> inboxes, TimeProvider clock, IngestCounters counters)
{
    public const string Path = "/v1/webhooks/audience";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Limits.JsonDepth, AllowDuplicateProperties = false };

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await ReceiveAsync(context);
        }
        catch (BadHttpRequestException broken)
        {
            // Too slow, badly chunked, or gone in the middle: what came is not a request, and nothing of it was kept.
            await Answers.WriteAsync(context, IngestProblem.BrokenRequest with { Status = broken.StatusCode });
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The sender hung up. If his events were queued they are committed, and his retry is a duplicate.
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

        using var body = await RequestBody.ReadAsync(context.Request, context.RequestAborted);
        var problem = body is null ? IngestProblem.BodyTooLarge : Check(context.Request, inbox.Source, body);
        if (body is null || problem is not null)
        {
            await RefuseAsync(context, inbox, body, problem!);
        }
        else
        {
            await AcceptAsync(context, inbox, body);
        }

        counters.Took(clock.GetElapsedTime(started));
    }

    private static IngestProblem? Check(HttpRequest request, Source source, RequestBody body)
    {
        var refusal = SignatureCheck.Refusal(
            source, request.Headers[SignatureCheck.SignatureHeader], request.Headers[SignatureCheck.TimestampHeader], body.Span);
        return refusal ?? MediaType.Refusal(request.Headers.ContentType, request.Headers.ContentEncoding);
    }

    private async Task AcceptAsync(HttpContext context, WebhookInbox inbox, RequestBody body)
    {
        // The JSON reader looks at a text's bytes only when it is asked for, so a field that nobody reads would pass with anything in it.
        if (!Utf8.IsValid(body.Span))
        {
            await RefuseAsync(context, inbox, body, IngestProblem.MalformedJson);
            return;
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(body.Memory, Strict);
        }
        catch (JsonException)
        {
            await RefuseAsync(context, inbox, body, IngestProblem.MalformedJson);
            return;
        }

        using (document)
        {
            var root = document.RootElement;
            if (Shape(root) is { } problem)
            {
                await RefuseAsync(context, inbox, body, problem);
                return;
            }

            var senderKey = SenderKey.Of(context.Request.Headers);
            var verdicts = inbox.Judge(root, senderKey, body, clock.GetUtcNow());
            if (await inbox.LearnedKeysAsync(verdicts, context.RequestAborted))
            {
                verdicts = inbox.Judge(root, senderKey, body, clock.GetUtcNow());
            }

            await KeepAsync(context, inbox, body, verdicts, single: root.ValueKind == JsonValueKind.Object);
        }
    }

    private static IngestProblem? Shape(JsonElement root) => root.ValueKind switch
    {
        JsonValueKind.Object => null,
        JsonValueKind.Array when root.GetArrayLength() == 0 => IngestProblem.NoEvents,
        JsonValueKind.Array when root.GetArrayLength() > Limits.EventsPerRequest => IngestProblem.TooManyEvents,
        JsonValueKind.Array => null,
        _ => IngestProblem.NotAnEvent,
    };

    private async Task KeepAsync(HttpContext context, WebhookInbox inbox, RequestBody body, Verdict[] verdicts, bool single)
    {
        var result = await inbox.KeepAsync(verdicts, body, single, clock.GetUtcNow());
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

    private async Task RefuseAsync(HttpContext context, WebhookInbox inbox, RequestBody? body, IngestProblem problem)
    {
        counters.Refused(problem);
        if (problem.Status != StatusCodes.Status401Unauthorized && !await inbox.KeepRefusedAsync(problem, body, clock.GetUtcNow()))
        {
            // Not even quarantine could take it: the sender must keep it for us.
            problem = IngestProblem.StorageDown;
        }

        await Answers.WriteAsync(context, problem);
    }
}
