using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Meta;

/// <summary>A response and its outcome; no response when the call failed in transit.</summary>
internal readonly record struct MetaReply(PlatformAnswer? Http, MetaAnswer? Answer, MetaUsage Usage, Outcome Outcome)
{
    public bool IsGood => Outcome.Kind == OutcomeKind.Done;
}

/// <summary>Makes a call with a separate proof for each attempt, and maps the response to an outcome.</summary>
internal sealed class MetaCalls(MetaSettings settings, CallPipeline pipeline, TimeProvider clock)
{
    /// <param name="call">The call, given the proof of this attempt.</param>
    /// <param name="isUpload">Whether only the response to an upload is a success.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<MetaReply> MakeAsync(
        Func<MetaProof?, CancellationToken, Task<HttpResponseMessage>> call,
        bool isUpload,
        CancellationToken cancellationToken
    )
    {
        var (http, failure) = await pipeline.RunAsync(
            async attempt => await PlatformAnswer.ReadAsync(await call(Proof(), attempt), attempt),
            cancellationToken
        );
        if (http is null)
        {
            return new MetaReply(null, null, default, new Outcome(OutcomeKind.Retry, failure));
        }

        var answer = http.TooLarge ? null : MetaAnswer.Parse(http.Body);
        var usage = MetaUsage.Read(http.Headers, settings.AccountNumber);
        var outcome = WithWait(OutcomeOf(http.Status, answer, isUpload), usage);
        return new MetaReply(http, answer, usage, RetryAfterPolicy.With(outcome, http, clock.GetUtcNow(), MetaLimits.MaxWait));
    }

    private MetaProof? Proof() => settings.AppSecret is { } secret ? MetaProof.Sign(secret, settings.Token, clock.GetUtcNow()) : null;

    private static Outcome OutcomeOf(int status, MetaAnswer? answer, bool isUpload) =>
        answer switch
        {
            null => new Outcome(OutcomeKind.Retry, "answer_too_large"),
            { Error: (null, _) } => new Outcome(OutcomeKind.Retry, "meta_unknown"),
            { Error: ({ } code, var subcode) } => MetaErrors.Of(code, subcode),
            { IsUpload: true, InvalidEntries: > 0 } when isUpload && status is >= 200 and < 300 => new Outcome(
                OutcomeKind.PartlyDone,
                MetaDestination.InvalidEntry
            ),
            { IsJson: true } when (!isUpload || answer.IsUpload) && status is >= 200 and < 300 => Outcome.Done,
            _ => RetryAfterPolicy.OfStatus(status, answer.IsJson),
        };

    /// <summary>A throttle lasts as long as the usage headers require, and at least a minute.</summary>
    private static Outcome WithWait(Outcome outcome, MetaUsage usage)
    {
        if (outcome.Kind != OutcomeKind.Snooze)
        {
            return outcome;
        }

        var wait = usage.Regain > MetaLimits.MinThrottleWait ? usage.Regain.Value : MetaLimits.MinThrottleWait;
        return outcome.Wait > wait ? outcome : outcome with { Wait = wait };
    }
}
