using AudienceSync.Domain.Identity;

namespace AudienceSync.Connectors.Tests;

/// <summary>A single failure of a platform.</summary>
internal enum Disturbance
{
    RefuseOneRow,
    Throttle,
    LoseTheAnswer,
    LoseTheCall,
    AnswerWithAPage,
    FailInside,
    Hang,
    ExpireTheToken,
    Ban,
    SlowJob,
    FailingJob,
    LostJob,
}

/// <summary>The differences between platforms that the engine takes into account.</summary>
/// <param name="NamesRefusedRows">Whether a partly accepted call shows which members were rejected.</param>
/// <param name="RefreshesTokens">Whether an expired token is renewed here or needs a human.</param>
/// <param name="HasJobs">Whether a call is only accepted at first and processed by a job.</param>
/// <param name="LeastThrottleWait">The shortest wait after being throttled.</param>
internal sealed record PlatformTraits(bool NamesRefusedRows, bool RefreshesTokens, bool HasJobs, TimeSpan LeastThrottleWait);

/// <summary>A destination and the simulated platform behind it.</summary>
internal abstract class DestinationWorld(ManualTime clock) : IAsyncDisposable
{
    /// <summary>
    /// How long <see cref="Disturbance.Hang"/> delays a call that the platform then still applies; longer than any call timeout.
    /// </summary>
    public static readonly TimeSpan Hang = TimeSpan.FromMinutes(5);

    /// <summary>How long the job of <see cref="Disturbance.SlowJob"/> takes.</summary>
    public static readonly TimeSpan SlowJob = TimeSpan.FromHours(2);

    public ManualTime Clock { get; } = clock;

    public abstract PlatformTraits Traits { get; }

    public abstract IDestination Destination { get; }

    public abstract RemoteAudienceId Audience { get; }

    /// <summary>Another remote audience of the account.</summary>
    public abstract RemoteAudienceId OtherAudience { get; }

    /// <summary>Every identifier the platform holds in an audience, in its own form.</summary>
    public abstract Task<IReadOnlyList<string>> HeldAsync(RemoteAudienceId audience);

    public Task<IReadOnlyList<string>> HeldAsync() => HeldAsync(Audience);

    /// <summary>The identifiers under which the platform holds a person.</summary>
    public abstract IReadOnlyList<string> FormOf(PersonIdentifiers person);

    public abstract Task DisturbAsync(Disturbance disturbance);

    public abstract ValueTask DisposeAsync();
}
