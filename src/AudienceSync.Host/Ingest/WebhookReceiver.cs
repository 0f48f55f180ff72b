using AudienceSync.Host.Access;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// What the endpoints for webhooks have in common: they authenticate the sender, check framing and signature, read the body up to a limit,
/// and pass it to the inbox of its source, which keeps all of it as one unit. The response claims nothing about them before the commit.
/// <para>
/// A body of a known sender is never lost: one that cannot be read is kept sealed in quarantine even when the response is a refusal. An
/// unauthenticated request is not kept at all, because otherwise anyone could fill the store.
/// </para>
/// </summary>
public abstract class WebhookReceiver(AccessTokens<WebhookInbox> inboxes, TimeProvider clock, IngestCounters counters) : IDisposable
{
    private readonly AnswerDeadline _deadline = new(clock);

    /// <summary>The largest body.</summary>
    protected abstract int MaxBytes { get; }

    /// <summary>The refusal of a larger one.</summary>
    protected abstract IngestProblem TooLarge { get; }

    public void Dispose()
    {
        _deadline.Dispose();
        GC.SuppressFinalize(this);
    }

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
        var inbox = inboxes.Find(context.Request);
        if (inbox is null)
        {
            counters.Refused(IngestProblem.Unauthorized);
            await Answers.WriteAsync(context, IngestProblem.Unauthorized);
            return;
        }

        if (!inbox.Source.AllowFrom.Allow(context.Connection.RemoteIpAddress))
        {
            counters.Refused(IngestProblem.AddressNotAllowed);
            await Answers.WriteAsync(context, IngestProblem.AddressNotAllowed);
            return;
        }

        if (HasAmbiguousFraming(context.Request.Headers))
        {
            counters.Refused(IngestProblem.BrokenRequest);
            await Answers.WriteAsync(context, IngestProblem.BrokenRequest);
            return;
        }

        using var body = await RequestBody.ReadAsync(context.Request, MaxBytes, context.RequestAborted);
        var arrival = new Arrival(clock.GetUtcNow(), SenderKey.Of(context.Request.Headers), Signed: null, _deadline, clock.GetTimestamp());
        if (body is null)
        {
            await RefuseAsync(context, inbox, null, TooLarge, arrival);
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
        && (
            coding is not [{ } only]
            || !only.Trim().Equals("chunked", StringComparison.OrdinalIgnoreCase)
            || headers.ContentLength is not null
            || headers.ContainsKey("X-Content-Length")
        );

    private async Task CheckAsync(HttpContext context, WebhookInbox inbox, RequestBody body, Arrival arrival)
    {
        var headers = context.Request.Headers;
        var format = BodyFormat.Webhook;
        var refusal = SignatureCheck.Refusal(
            inbox.Source,
            headers[SignatureCheck.SignatureHeader],
            headers[SignatureCheck.TimestampHeader],
            body.Span,
            clock.GetUtcNow(),
            out var signed
        );
        if ((refusal ?? FindJson(headers, body, out format)) is { } problem)
        {
            await RefuseAsync(context, inbox, body, problem, arrival);
            return;
        }

        await AnswerAsync(context, await inbox.AcceptAsync(body, format, arrival with { Signed = signed }, context.RequestAborted));
    }

    /// <summary>Checks the media type and finds the JSON of a body.</summary>
    protected abstract IngestProblem? FindJson(IHeaderDictionary headers, RequestBody body, out BodyFormat format);

    /// <summary>Writes the receipts of a body.</summary>
    protected abstract Task WriteAsync(HttpContext context, KeepResult kept);

    // Refuses a whole request before any event of it is read. An unauthenticated body is not kept.
    private async Task RefuseAsync(HttpContext context, WebhookInbox inbox, RequestBody? body, IngestProblem problem, Arrival arrival)
    {
        var result =
            problem.Status == StatusCodes.Status401Unauthorized
                ? new KeepResult([], problem)
                : await inbox.RefuseAsync(problem, body, arrival);
        await AnswerAsync(context, result);
    }

    private Task AnswerAsync(HttpContext context, KeepResult result)
    {
        if (result.Problem is { } problem)
        {
            counters.Refused(result.Refusal ?? problem);
            return Answers.WriteAsync(context, problem);
        }

        counters.Kept(result.Receipts);
        return WriteAsync(context, result);
    }
}
