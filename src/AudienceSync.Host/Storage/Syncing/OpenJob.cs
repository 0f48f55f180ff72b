using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Host.Storage.Syncing;

/// <summary>A job whose handle is to be stored with the call that brought it.</summary>
public readonly record struct AcceptedJob(JobHandle Handle, DateTimeOffset FirstLookAt);

/// <summary>A job that is due to be asked about.</summary>
public sealed record OpenJob(
    long JobId, int BindingId, MemberOperation Operation, JobHandle Handle, int Members, int Looks, DateTimeOffset AcceptedAt);

/// <summary>How a job is kept; the numbers are stored.</summary>
public enum KeptJobState : short
{
    Running = 1,
    Confirmed = 2,
    Failed = 3,
    Lost = 4,

    /// <summary>Nobody ever said what became of it.</summary>
    Parked = 5,
}
