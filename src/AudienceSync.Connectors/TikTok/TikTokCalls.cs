using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.TikTok;

/// <summary>An answer, or why there is none.</summary>
internal readonly record struct TikTokReply(int Status, TikTokAnswer? Answer, Outcome Outcome)
{
    public bool IsGood => Outcome.Kind == OutcomeKind.Done;
}

/// <summary>Makes a call and says what its answer means. It counts throttles in a row, which only makes us more patient, and forgets them with the process.</summary>
internal sealed class TikTokCalls(CallPipeline pipeline, TimeProvider clock)
{
    private int _throttlesInARow;

    public async ValueTask<TikTokReply> MakeAsync(Func<CancellationToken, Task<HttpResponseMessage>> call, CancellationToken cancellationToken)
    {
        var (http, failure) = await pipeline.RunAsync(
            async attempt => await PlatformAnswer.ReadAsync(await call(attempt), attempt), cancellationToken);
        if (http is null)
        {
            return new TikTokReply(0, null, new Outcome(OutcomeKind.Retry, failure));
        }

        var answer = http.TooLarge ? null : TikTokAnswer.Parse(http.Body);
        var outcome = Patient(OutcomeOf(http.Status, answer));
        return new TikTokReply(http.Status, answer, RetryAfterPolicy.With(outcome, http, clock.GetUtcNow()));
    }

    /// <summary>A code counts with whatever status it comes, except that a gateway's error is never a success.</summary>
    private static Outcome OutcomeOf(int status, TikTokAnswer? answer) => answer switch
    {
        null => new Outcome(OutcomeKind.Retry, "answer_too_large"),
        { Code: TikTokErrors.Ok } when status is < 200 or >= 300 => TikTokErrors.OfStatus(status, isJson: true),
        { Code: { } code } => TikTokErrors.Of(code, answer.IsNotEditable),
        _ => TikTokErrors.OfStatus(status, answer.IsJson),
    };

    private Outcome Patient(Outcome outcome)
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
