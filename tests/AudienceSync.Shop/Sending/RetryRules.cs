using System.Net.Http.Headers;

namespace AudienceSync.Shop.Sending;

/// <summary>When and how long a real sender waits before it resends the same request.</summary>
internal sealed record RetryRules
{
    public static readonly RetryRules Default = new();

    /// <summary>No answer within this time counts as a connection error.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(4);

    public int MaxAttempts { get; init; } = 60;

    public TimeSpan InitialWait { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    public static bool IsRetryable(int status) => status is 408 or 429 or >= 500;

    /// <param name="attempt">1 after the first failure.</param>
    /// <param name="header">The receiver's Retry-After, which is honored up to a limit.</param>
    public TimeSpan Wait(int attempt, RetryConditionHeaderValue? header, DateTimeOffset now)
    {
        var retryAfter = header?.Delta ?? (header?.Date is { } date ? date - now : null);
        if (retryAfter is { } requested && requested > TimeSpan.Zero)
        {
            return requested < MaxRetryAfter ? requested : MaxRetryAfter;
        }

        var wait = InitialWait * Math.Pow(2, Math.Min(attempt - 1, 16));
        return wait < MaxWait ? wait : MaxWait;
    }
}
