namespace AudienceSync.Host.Feedback;

/// <summary>The state of a page; the numbers are stored.</summary>
public enum FeedbackPageState : short
{
    /// <summary>Has a message, or waits to get one again.</summary>
    Open = 1,

    /// <summary>The service accepted it, except for the items that it named.</summary>
    Sent = 2,

    /// <summary>Was not accepted for a day: a dead message that an operator can replay.</summary>
    Dead = 3,
}

/// <summary>What lies in (From, To] of a stream.</summary>
/// <param name="Source">The source that it is reported to.</param>
/// <param name="Stream">One of <see cref="FeedbackStreams"/>.</param>
/// <param name="From">Before the first.</param>
/// <param name="To">The last.</param>
internal readonly record struct FeedbackRange(string Source, string Stream, long From, long To);

/// <summary>A page with what became of it so far.</summary>
/// <param name="Range">What lies in it.</param>
/// <param name="Since">Nothing of it was recorded earlier.</param>
/// <param name="State">Its state.</param>
/// <param name="OpenedAt">When it was made.</param>
/// <param name="EnlistedAt">When its last message was.</param>
/// <param name="Attempts">How often it was not accepted.</param>
/// <param name="RetryAt">When it gets its next message; null when it has one.</param>
internal sealed record FeedbackPage(
    FeedbackRange Range,
    DateTimeOffset Since,
    FeedbackPageState State,
    DateTimeOffset OpenedAt,
    DateTimeOffset EnlistedAt,
    int Attempts,
    DateTimeOffset? RetryAt
);

/// <summary>The result of sending a page.</summary>
internal sealed class FeedbackTally
{
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);

    /// <summary>Items that the service accepted; it may not have applied them.</summary>
    public int Accepted { get; private set; }

    /// <summary>Items that the service refused.</summary>
    public int Rejected { get; private set; }

    /// <summary>Items that were not sent.</summary>
    public int Dropped { get; private set; }

    public int Items => Accepted + Rejected + Dropped;

    /// <summary>How many were not accepted, by code.</summary>
    public IReadOnlyDictionary<string, int> Codes => _codes;

    /// <summary>Whether items that may pass when they are sent again are sent again; false when they have been, often enough.</summary>
    public bool TriesAgain { get; init; } = true;

    /// <summary>HTTP status of the last call; 0 for none.</summary>
    public int Status { get; set; }

    public void Accept(int items) => Accepted += items;

    public void Reject(string code)
    {
        Rejected++;
        Count(code);
    }

    public void Drop(string code)
    {
        Dropped++;
        Count(code);
    }

    private void Count(string code) => _codes[code] = _codes.GetValueOrDefault(code) + 1;
}
