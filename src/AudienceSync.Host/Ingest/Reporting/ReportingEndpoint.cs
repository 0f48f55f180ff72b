using AudienceSync.Domain;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Reading;
using Microsoft.Extensions.Primitives;

namespace AudienceSync.Host.Ingest.Reporting;

/// <summary>
/// <c>POST /v1/webhooks/customerio/reporting</c>: Customer.io's reporting webhooks, one report a request (contracts/customerio.md 2 and
/// 6.2).
/// <para>
/// <b>Answers.</b> 200 whatever the content is. 401 for a missing or wrong signature, after which nothing is kept; 403 for an address that
/// the source does not admit. Overload and storage are 503, within <see cref="AnswerDeadline.MaxWait"/>: its sender gives up after 4 s, and
/// after 429 or 500 it would wait for an hour.
/// </para>
/// <para>
/// <b>Before the sender is known</b> there is no token to check, so the form of the headers is checked before the body is read, at most
/// <see cref="ReportLimits.UnverifiedBodies"/> bodies are in memory, each of at most a MiB, and each must arrive within
/// <see cref="AnswerDeadline.MaxWait"/>.
/// </para>
/// <para>
/// <b>The age of a signature is not checked.</b> Reports are retried for a week, and it is not documented that they are signed again. A
/// replayed report is a duplicate by its id.
/// </para>
/// </summary>
public sealed class ReportingEndpoint : IDisposable
{
    /// <summary>Its address.</summary>
    public const string Path = "/v1/webhooks/customerio/reporting";

    private const int SignatureChars = 64;
    private const int MostTimestampChars = 20;

    private readonly ReportingSources _sources;
    private readonly TimeProvider _clock;
    private readonly IngestCounters _counters;
    private readonly WrongSignatures _wrong;
    private readonly AnswerDeadline _deadline;
    private readonly UnverifiedBodies _unverified = new();

    /// <param name="sources">The sources of all workspaces.</param>
    /// <param name="clock">Gives the time of receipt.</param>
    /// <param name="counters">Count refusals and outcomes.</param>
    /// <param name="logger">Is warned of signatures that no key matches.</param>
    public ReportingEndpoint(ReportingSources sources, TimeProvider clock, IngestCounters counters, ILogger<ReportingEndpoint> logger)
    {
        (_sources, _clock, _counters) = (sources, clock, counters);
        _wrong = new WrongSignatures(clock, logger);
        _deadline = new AnswerDeadline(clock);
    }

    /// <inheritdoc/>
    public void Dispose() => _deadline.Dispose();

    /// <summary>Answers a request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await ReceiveAsync(context);
        }
        catch (BadHttpRequestException broken)
        {
            await RefuseAsync(context, IngestProblem.BrokenRequest with { Status = broken.StatusCode });
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The sender disconnected. A queued report is committed, and a retry is a duplicate.
            context.Abort();
        }
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        var started = _clock.GetTimestamp();
        var inboxes = Candidates(context, out var refusal);
        if ((refusal ?? FramingProblem(context.Request.Headers) ?? HeaderProblem(context.Request.Headers)) is { } problem)
        {
            await RefuseAsync(context, problem);
            return;
        }

        using var place = _unverified.TryTake();
        if (place is null)
        {
            await RefuseAsync(context, IngestProblem.TooManyBodies);
            return;
        }

        var (body, late) = await ReadAsync(context);
        using (body)
        {
            await (
                late ? RefuseAsync(context, IngestProblem.BodyTooSlow)
                : body is null ? RefuseAsync(context, IngestProblem.BodyTooLarge)
                : TakeAsync(context, inboxes, body, place)
            );
        }

        _counters.RecordLatency(_clock.GetElapsedTime(started));
    }

    private static IngestProblem? FramingProblem(IHeaderDictionary headers) =>
        WebhookReceiver.HasAmbiguousFraming(headers) ? IngestProblem.BrokenRequest : null;

    private IReadOnlyList<WebhookInbox> Candidates(HttpContext context, out IngestProblem? refusal)
    {
        var named = context.Request.Query["source"];
        var inboxes = named.Count > 1 ? [] : _sources.Named(named.Count == 1 ? named[0] : null);
        var admitting = ReportingSources.Admitting(inboxes, context.Connection.RemoteIpAddress);
        refusal =
            inboxes.Count == 0 ? IngestProblem.UnknownReportingSource
            : admitting.Count == 0 ? IngestProblem.AddressNotAllowed
            : null;
        return admitting;
    }

    // Only the form: it costs nothing, and spares the body of most requests that are not Customer.io's.
    private static IngestProblem? HeaderProblem(IHeaderDictionary headers)
    {
        if (
            Only(headers[SignatureCheck.SignatureHeader]) is not { } signature
            || Only(headers[SignatureCheck.TimestampHeader]) is not { } timestamp
        )
        {
            return IngestProblem.SignatureMissing;
        }

        return timestamp.Length > MostTimestampChars ? IngestProblem.InvalidSignatureTimestamp
            : signature.Length != SignatureChars || !signature.All(char.IsAsciiHexDigitLower) ? IngestProblem.SignatureWrong
            : null;
    }

    private static string? Only(StringValues header) => header.Count == 1 && header[0] is { Length: > 0 } value ? value : null;

    private async Task<(RequestBody? Body, bool Late)> ReadAsync(HttpContext context)
    {
        using var time = new CancellationTokenSource(AnswerDeadline.MaxWait, _clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, time.Token);
        try
        {
            return (await RequestBody.ReadAsync(context.Request, Limits.BodyBytes, limit.Token), false);
        }
        catch (OperationCanceledException) when (time.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            return (null, true);
        }
    }

    private async Task TakeAsync(HttpContext context, IReadOnlyList<WebhookInbox> inboxes, RequestBody body, IDisposable place)
    {
        var headers = context.Request.Headers;
        var inbox = inboxes.FirstOrDefault(one =>
            SignatureCheck.Matches(one.Source, headers[SignatureCheck.SignatureHeader], headers[SignatureCheck.TimestampHeader], body.Span)
        );
        if (inbox is null)
        {
            _wrong.Record(inboxes[0].Source.Name);
            await RefuseAsync(context, IngestProblem.SignatureWrong);
            return;
        }

        place.Dispose(); // From here on the queue bounds what is in memory.
        _wrong.Recovered(inbox.Source.Name);
        var arrival = new Arrival(_clock.GetUtcNow(), default, Signed: null, _deadline, _clock.GetTimestamp());
        var kept = await inbox.AcceptReportAsync(body, arrival);
        if (kept.Problem is { } problem)
        {
            await RefuseAsync(context, problem);
            return;
        }

        _counters.Kept(kept.Receipts);
        await Answers.WriteReportAsync(context, kept.Receipts[0]);
    }

    private Task RefuseAsync(HttpContext context, IngestProblem problem)
    {
        _counters.Refused(problem);
        return Answers.WriteAsync(context, problem);
    }
}
