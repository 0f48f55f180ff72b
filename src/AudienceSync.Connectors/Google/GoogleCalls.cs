using AudienceSync.Connectors.Http;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Google;

/// <summary>A response of the API, or the reason why there is none.</summary>
internal sealed record GoogleReply(PlatformAnswer? Http, GoogleAnswer? Answer, Outcome Outcome)
{
    /// <summary>Requests that the call took.</summary>
    public int Requests { get; init; } = 1;

    public bool IsGood => Outcome.Kind == OutcomeKind.Done;
}

/// <summary>
/// Makes a call with an access token, and once more with a new one when the API refuses the first (contracts/google.md 6.5, 401).
/// </summary>
internal sealed class GoogleCalls(GoogleTokens tokens, CallPipeline pipeline, TimeProvider clock)
{
    private const int Unauthenticated = 401;

    public async ValueTask<GoogleReply> MakeAsync(
        Func<string, CancellationToken, Task<HttpResponseMessage>> call,
        CancellationToken cancellationToken
    )
    {
        var first = await tokens.GetAsync(refused: null, cancellationToken);
        if (first.Token is null)
        {
            return new GoogleReply(null, null, first.Outcome);
        }

        var reply = await WithAsync(first.Token, call, cancellationToken);
        if (reply.Http?.Status != Unauthenticated)
        {
            return reply;
        }

        var second = await tokens.GetAsync(refused: first.Token, cancellationToken);
        return second.Token is null
            ? new GoogleReply(null, null, second.Outcome)
            : await WithAsync(second.Token, call, cancellationToken) with
            {
                Requests = 2,
            };
    }

    private async ValueTask<GoogleReply> WithAsync(
        string token,
        Func<string, CancellationToken, Task<HttpResponseMessage>> call,
        CancellationToken cancellationToken
    )
    {
        var (http, failure) = await pipeline.RunAsync(
            async attempt => await PlatformAnswer.ReadAsync(await call($"Bearer {token}", attempt), attempt),
            cancellationToken
        );
        if (http is null)
        {
            return new GoogleReply(null, null, new Outcome(OutcomeKind.Retry, failure));
        }

        var answer = http.TooLarge ? null : GoogleAnswer.Parse(http.Body);
        return new GoogleReply(http, answer, RetryAfterPolicy.With(OutcomeOf(http.Status, answer), http, clock.GetUtcNow()));
    }

    private Outcome OutcomeOf(int status, GoogleAnswer? answer) =>
        answer switch
        {
            null => new Outcome(OutcomeKind.Retry, "answer_too_large"),
            { IsError: true } => GoogleErrors.Of(answer, status, clock.GetUtcNow()),
            { IsJson: true } when status is >= 200 and < 300 => Outcome.Done,
            _ when status == Unauthenticated => new Outcome(OutcomeKind.StopAccount, "google_unauthenticated"),
            _ => RetryAfterPolicy.OfStatus(status, answer.IsJson),
        };
}
