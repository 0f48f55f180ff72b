using AudienceSync.Host.Access;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// What the endpoints for webhooks have in common: they authenticate the sender, check framing and signature, read the body up to a limit,
/// and pass the parsed events to the log as one unit. The response claims nothing about them before the commit.
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

    protected DateTimeOffset Now => clock.GetUtcNow();

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

        using var body = await RequestBody.ReadAsync(context.Request, MaxBytes, context.RequestAborted);
        var arrival = new Arrival(_deadline, clock.GetTimestamp(), Signed: null);
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
        && (coding is not [{ } only] || !only.Trim().Equals("chunked", StringComparison.OrdinalIgnoreCase)
            || headers.ContentLength is not null || headers.ContainsKey("X-Content-Length"));

    private Task CheckAsync(HttpContext context, WebhookInbox inbox, RequestBody body, Arrival arrival)
    {
        var headers = context.Request.Headers;
        var refusal = SignatureCheck.Refusal(
            inbox.Source, headers[SignatureCheck.SignatureHeader], headers[SignatureCheck.TimestampHeader], body.Span, clock.GetUtcNow(), out var signed);
        return (refusal ?? FindJson(headers, body)) is { } problem
            ? RefuseAsync(context, inbox, body, problem, arrival)
            : AcceptAsync(context, inbox, body, arrival, signed);
    }

    /// <summary>Checks the media type and finds the JSON of a body.</summary>
    protected abstract IngestProblem? FindJson(IHeaderDictionary headers, RequestBody body);

    /// <summary>Parses the events of a body and keeps them.</summary>
    protected abstract Task AcceptAsync(HttpContext context, WebhookInbox inbox, RequestBody body, Arrival arrival, SignedAt? signed);

    /// <summary>Commits the events, or writes why that was not possible. Null in the second case.</summary>
    protected async Task<Receipt[]?> KeepAsync(
        HttpContext context, WebhookInbox inbox, RequestBody body, ParsedEvent[] parsedEvents, bool single, Arrival arrival)
    {
        var result = await inbox.KeepAsync(parsedEvents, body, single, clock.GetUtcNow(), arrival);
        if (result.Problem is { } problem)
        {
            counters.Refused(problem);
            await Answers.WriteAsync(context, problem);
            return null;
        }

        counters.Kept(result.Receipts);
        return result.Receipts;
    }

    /// <summary>Refuses a whole request, and keeps its body.</summary>
    protected async Task RefuseAsync(HttpContext context, WebhookInbox inbox, RequestBody? body, IngestProblem problem, Arrival arrival)
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
