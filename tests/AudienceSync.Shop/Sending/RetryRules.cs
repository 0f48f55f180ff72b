using System.Net.Http.Headers;

namespace AudienceSync.Shop.Sending;

/// <summary>When and how long a real sender waits before it sends the same again.</summary>
internal sealed record RetryRules
{
    public static readonly RetryRules Default = new();

    /// <summary>No answer for so long counts as a connection error.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(4);

    public int MostAttempts { get; init; } = 60;

    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(100);

    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    public static bool IsRetryable(int status) => status is 408 or 429 or >= 500;

    /// <param name="attempt">1 after the first failure.</param>
    /// <param name="asked">The receiver's Retry-After, which is honoured up to a bound.</param>
    public TimeSpan Wait(int attempt, RetryConditionHeaderValue? asked, DateTimeOffset now)
    {
        var askedFor = asked?.Delta ?? (asked?.Date is { } date ? date - now : null);
        if (askedFor is { } wish && wish > TimeSpan.Zero)
        {
            return wish < LongestRetryAfter ? wish : LongestRetryAfter;
        }

        var wait = FirstWait * Math.Pow(2, Math.Min(attempt - 1, 16));
        return wait < LongestWait ? wait : LongestWait;
    }
}
