namespace AudienceSync.Host.Ingest.Importing;

/// <summary>
/// How long to wait before a batch is sent again, and when to give up: after a time in which no batch at all was answered. One for all
/// batches of an import.
/// </summary>
internal sealed class RetryWindow(TimeSpan giveUpAfter, TimeProvider clock, Random random)
{
    /// <summary>A receiver that wants more than this is asked earlier.</summary>
    public static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    private long _answeredAt = clock.GetTimestamp();

    /// <summary>Whether any batch was answered.</summary>
    public bool HasAnswer { get; private set; }

    public void Answered()
    {
        Interlocked.Exchange(ref _answeredAt, clock.GetTimestamp());
        HasAnswer = true;
    }

    /// <summary>The wait before the next attempt; null to give up.</summary>
    /// <param name="attempt">Attempts made, from 1.</param>
    /// <param name="retryAfter">The time that the receiver asked for; null when it did not.</param>
    public TimeSpan? Next(int attempt, TimeSpan? retryAfter)
    {
        if (clock.GetElapsedTime(Interlocked.Read(ref _answeredAt)) >= giveUpAfter)
        {
            return null;
        }

        if (retryAfter is { } asked)
        {
            return asked < MaxRetryAfter ? asked : MaxRetryAfter;
        }

        var wait = FirstWait * Math.Pow(2, Math.Min(attempt - 1, 10));
        wait = wait < MaxWait ? wait : MaxWait;

        // Random is not safe for several batches at once. Half of the wait is spread, so that they do not return together.
        lock (random)
        {
            return wait * (0.5 + (random.NextDouble() / 2));
        }
    }
}
