using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Sync.Jobs;

/// <summary>A job whose handle is to be stored with the call that returned it.</summary>
public readonly record struct AcceptedJob(JobHandle Handle, DateTimeOffset FirstPollAt);

/// <summary>A job that is due to be polled.</summary>
public sealed record OpenJob(
    long JobId,
    int BindingId,
    MemberOperation Operation,
    JobHandle Handle,
    int Members,
    int Polls,
    DateTimeOffset AcceptedAt
);

/// <summary>The stored state of a job; the numbers are stored.</summary>
public enum KeptJobState : short
{
    Running = 1,
    Confirmed = 2,
    Failed = 3,
    Lost = 4,

    /// <summary>The platform never reported a result.</summary>
    Parked = 5,
}
