using AudienceSync.Domain;
using AudienceSync.Host.Access;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Decisions;

/// <summary>
/// <c>POST /v1/decisions</c>: what is known about a person now, as flat JSON for the branch of a journey. The sender is authenticated and
/// its request is signed as a webhook's; nothing of the request is kept. docs/decide.md describes it.
/// </summary>
internal sealed class DecisionEndpoint(AccessTokens<SourceDecisions> sources, TimeProvider clock)
{
    public const string Path = "/v1/decisions";

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            var (problem, question, decisions) = await ReadAsync(context);
            await (
                problem is null
                    ? DecisionAnswer.WriteAsync(context, await decisions!.AnswerAsync(question!, context.RequestAborted))
                    : Answers.WriteAsync(context, problem)
            );
        }
        catch (BadHttpRequestException broken)
        {
            await Answers.WriteAsync(context, IngestProblem.BrokenRequest with { Status = broken.StatusCode });
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }

    private async Task<(IngestProblem? Problem, DecisionQuestion? Question, SourceDecisions? Decisions)> ReadAsync(HttpContext context)
    {
        if (sources.Find(context.Request) is not { } decisions)
        {
            return (IngestProblem.Unauthorized, null, null);
        }

        if (!decisions.Source.AllowFrom.Allow(context.Connection.RemoteIpAddress))
        {
            return (IngestProblem.AddressNotAllowed, null, null);
        }

        var headers = context.Request.Headers;
        if (WebhookReceiver.HasAmbiguousFraming(headers))
        {
            return (IngestProblem.BrokenRequest, null, null);
        }

        using var body = await RequestBody.ReadAsync(context.Request, Limits.BodyBytes, context.RequestAborted);
        if (body is null)
        {
            return (IngestProblem.BodyTooLarge, null, null);
        }

        var refusal = SignatureCheck.Refusal(
            decisions.Source,
            headers[SignatureCheck.SignatureHeader],
            headers[SignatureCheck.TimestampHeader],
            body.Span,
            clock.GetUtcNow(),
            out _
        );
        DecisionQuestion? question = null;
        var problem =
            refusal
            ?? MediaType.Refusal(headers.ContentType, headers.ContentEncoding, out var isForm)
            ?? BodyJson.Find(body, isForm)
            ?? decisions.TryRead(body, out question);
        return (problem, question, decisions);
    }
}
