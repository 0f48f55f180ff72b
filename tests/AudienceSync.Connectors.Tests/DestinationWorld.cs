using AudienceSync.Domain.Identity;

namespace AudienceSync.Connectors.Tests;

/// <summary>What a platform can do to us, once.</summary>
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
}

/// <summary>A destination and the imitated platform behind it.</summary>
internal abstract class DestinationWorld(ManualTime clock) : IAsyncDisposable
{
    /// <summary>How long <see cref="Disturbance.Hang"/> delays what the platform then does all the same.</summary>
    public static readonly TimeSpan Hang = TimeSpan.FromMinutes(2);

    public ManualTime Clock { get; } = clock;

    public abstract IDestination Destination { get; }

    public abstract RemoteAudienceId Audience { get; }

    /// <summary>Every identifier the platform holds in the audience, in its own form.</summary>
    public abstract Task<IReadOnlyList<string>> HeldAsync();

    /// <summary>The identifiers under which the platform holds a person.</summary>
    public abstract IReadOnlyList<string> FormOf(PersonIdentifiers person);

    public abstract Task DisturbAsync(Disturbance disturbance);

    public abstract ValueTask DisposeAsync();
}
