using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.TikTok;

/// <summary>A response, or the reason why there is none.</summary>
internal readonly record struct TikTokReply(int Status, TikTokAnswer? Answer, Outcome Outcome)
{
    public bool IsGood => Outcome.Kind == OutcomeKind.Done;
}

/// <summary>
/// Makes a call and maps the response to an outcome. It counts consecutive throttles, which only makes the waits longer; the count is lost
/// when the process ends.
/// </summary>
internal sealed class TikTokCalls(CallPipeline pipeline, TimeProvider clock)
{
    private int _throttlesInARow;

    public async ValueTask<TikTokReply> MakeAsync(
        Func<CancellationToken, Task<HttpResponseMessage>> call,
        CancellationToken cancellationToken
    )
    {
        var (http, failure) = await pipeline.RunAsync(
            async attempt => await PlatformAnswer.ReadAsync(await call(attempt), attempt),
            cancellationToken
        );
        if (http is null)
        {
            return new TikTokReply(0, null, new Outcome(OutcomeKind.Retry, failure));
        }

        var answer = http.TooLarge ? null : TikTokAnswer.Parse(http.Body);
        var outcome = WithWait(OutcomeOf(http.Status, answer));
        return new TikTokReply(http.Status, answer, RetryAfterPolicy.With(outcome, http, clock.GetUtcNow()));
    }

    /// <summary>A code counts regardless of the HTTP status, except that a gateway error is never a success.</summary>
    private static Outcome OutcomeOf(int status, TikTokAnswer? answer) =>
        answer switch
        {
            null => new Outcome(OutcomeKind.Retry, "answer_too_large"),
            { Code: TikTokErrors.Ok } when status is < 200 or >= 300 => TikTokErrors.OfStatus(status, isJson: true),
            { Code: { } code } => TikTokErrors.Of(code, answer.IsNotEditable),
            _ => TikTokErrors.OfStatus(status, answer.IsJson),
        };

    private Outcome WithWait(Outcome outcome)
    {
        if (outcome.Kind != OutcomeKind.Snooze)
        {
            Interlocked.Exchange(ref _throttlesInARow, 0);
            return outcome;
        }

        var wait = TikTokLimits.ThrottleWait(Interlocked.Increment(ref _throttlesInARow), clock.GetUtcNow());
        return outcome.Wait > wait ? outcome : outcome with { Wait = wait };
    }
}
