namespace AudienceSync.Host.Sync.Resends;

/// <summary>A time in which deliveries failed, by when they were recorded.</summary>
/// <param name="Destination">The ad account.</param>
/// <param name="Remote">One remote audience of it; null for all.</param>
/// <param name="From">Its begin.</param>
/// <param name="To">Its end; null for until now.</param>
public sealed record ResendWindow(string Destination, string? Remote, DateTimeOffset From, DateTimeOffset? To)
{
    /// <summary>Deliveries are not kept for longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(400);

    /// <summary>Whether it can be one.</summary>
    public bool IsValid => To is not { } to || (From < to && to - From <= Longest);
}

/// <summary>Deliveries that failed.</summary>
/// <param name="Operation"><c>add</c>, <c>remove</c> or <c>refresh</c>: what was tried then.</param>
/// <param name="Result">What became of it, with its code: <c>rejected:CODE</c>, <c>invalid:CODE</c> or <c>in_doubt:CODE</c>.</param>
/// <param name="People">Of how many people.</param>
public sealed record FailureCount(string Operation, string Result, long People);

/// <summary>What is sent again to a remote audience: what is desired today of the people whose deliveries failed.</summary>
/// <param name="Remote">The remote audience.</param>
/// <param name="Audience">The audience.</param>
/// <param name="Key">The key that feeds it.</param>
/// <param name="IsKept">Whether it is paused or stopped: what is to be sent is kept until it is resumed.</param>
/// <param name="Adds">Members that should be there, and may not be.</param>
/// <param name="Removals">Former members, who may still be there because their removal was refused.</param>
/// <param name="Former">Removals of former addresses of members.</param>
/// <param name="Waiting">Members who are sent anyway: by a lane, a job, an approved plan or an earlier request.</param>
/// <param name="Settled">Members of whom nothing is left to send.</param>
public sealed record ResendList(
    string Remote,
    string Audience,
    string Key,
    bool IsKept,
    long Adds,
    long Removals,
    long Former,
    long Waiting,
    long Settled
)
{
    /// <summary>What failed in the time.</summary>
    public IReadOnlyList<FailureCount> Failures { get; init; } = [];
}

/// <summary>A request as it was made.</summary>
/// <param name="Resend">Its number.</param>
/// <param name="Destination">The ad account.</param>
/// <param name="Remote">One remote audience; null for all.</param>
/// <param name="From">The begin of the time.</param>
/// <param name="To">Its end; null for until then.</param>
/// <param name="By">Who requested it.</param>
/// <param name="Why">The reason.</param>
/// <param name="At">When.</param>
/// <param name="Adds">Members that were marked to be added.</param>
/// <param name="Removals">Members that were marked to be removed.</param>
/// <param name="Former">Removals of former addresses.</param>
/// <param name="Waiting">Members who were to be sent anyway.</param>
/// <param name="Settled">Members of whom nothing was left to send.</param>
/// <param name="Kept">Of adds and removals, those of lists that were paused or stopped.</param>
public sealed record ResendView(
    long Resend,
    string Destination,
    string? Remote,
    DateTimeOffset From,
    DateTimeOffset? To,
    string By,
    string? Why,
    DateTimeOffset At,
    long Adds,
    long Removals,
    long Former,
    long Waiting,
    long Settled,
    long Kept
);
