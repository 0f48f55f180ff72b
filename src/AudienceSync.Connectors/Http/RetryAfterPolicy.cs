using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Http;

/// <summary>How long to wait after a response: the time in the outcome table, or longer when the response requests it.</summary>
public static class RetryAfterPolicy
{
    /// <summary>The maximum wait, whatever a response requests.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(25);

    /// <param name="outcome">What the platform's table makes of the response.</param>
    /// <param name="answer">The response.</param>
    /// <param name="now">The time of the response.</param>
    /// <param name="longest">The maximum wait of a platform that has one of its own.</param>
    internal static Outcome With(Outcome outcome, PlatformAnswer answer, DateTimeOffset now, TimeSpan? longest = null)
    {
        var most = longest ?? Longest;
        if (outcome.Kind is not (OutcomeKind.Retry or OutcomeKind.Snooze))
        {
            return outcome;
        }

        var wait = answer.RetryAfter(now) ?? TimeSpan.Zero;
        wait = outcome.Wait > wait ? outcome.Wait.Value : wait;
        wait = wait > most ? most : wait;
        return wait > TimeSpan.Zero ? outcome with { Wait = wait } : outcome;
    }

    /// <summary>The outcome of a response without a platform's own code that is not a success.</summary>
    public static Outcome OfStatus(int status, bool isJson) =>
        status switch
        {
            413 => new Outcome(OutcomeKind.SplitBatch, "http_413"),
            429 => new Outcome(OutcomeKind.Snooze, "http_429", TimeSpan.FromMinutes(1)),
            _ when !isJson => new Outcome(OutcomeKind.Retry, "not_json"),
            >= 200 and < 300 => new Outcome(OutcomeKind.Retry, "not_understood"),
            _ => new Outcome(OutcomeKind.Retry, $"http_{status}"),
        };
}
