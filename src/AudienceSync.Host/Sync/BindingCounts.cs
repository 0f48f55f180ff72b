using AudienceSync.Host.Sync.Readings;

namespace AudienceSync.Host.Sync;

/// <summary>The difference between a remote audience and its desired state.</summary>
public sealed record BindingCounts(
    string Audience,
    string Key,
    string Destination,
    string Platform,
    string Remote,
    long Desired,
    long Delivered,
    long InDoubt,
    long Refused,
    long PendingAdds,
    long PendingRemovals,
    string State,
    string? Code,
    long Unconfirmed,
    long Waiting,
    long OpenJobs,
    long ParkedJobs
)
{
    /// <summary>Removals held because there are too many at once; they wait for approval.</summary>
    public long HeldRemovals { get; init; }

    /// <summary>
    /// Removals were retried for as long as <see cref="Domain.Syncing.RetryBounds"/> allows and are parked until an operator resumes them.
    /// </summary>
    public bool RemovalsParked { get; init; }

    /// <summary>As above, for adds.</summary>
    public bool AddsParked { get; init; }

    /// <summary>Since when it has been stopped, or has had no final response.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When the last response was received that was not final.</summary>
    public DateTimeOffset? LastAnswerAt { get; init; }

    /// <summary>What the platform last reported of it; null when it did not yet.</summary>
    public PlatformReading? Reading { get; init; }

    /// <summary>Members in doubt that the platform refused. They are not retried automatically today.</summary>
    public long Stuck { get; init; }
}
