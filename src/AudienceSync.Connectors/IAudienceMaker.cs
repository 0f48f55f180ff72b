using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors;

/// <summary>A platform at which remote audiences can be made, read and deleted. None of these throws for what the platform answers.</summary>
public interface IAudienceMaker
{
    /// <summary>
    /// The remote audience of this name: the one that is there, or a new one. Safe to repeat after a lost answer, which is why it looks
    /// before it makes: no platform knows an idempotency key.
    /// </summary>
    ValueTask<MadeAudience> EnsureAsync(AudienceToMake wanted, CancellationToken cancellationToken);

    ValueTask<AudienceReport> ReadAsync(RemoteAudienceId audience, CancellationToken cancellationToken);

    /// <summary>Deletes the remote audience with all that uses it. One that is not there counts as deleted where the platform says so.</summary>
    ValueTask<Outcome> DeleteAsync(RemoteAudienceId audience, CancellationToken cancellationToken);
}

/// <summary>A remote audience that is wanted.</summary>
/// <param name="Name">By it the audience is found again.</param>
/// <param name="Description">What it is for, in words; some platforms demand one.</param>
/// <param name="Lifetime">How long an add shall hold, in whole days; null for as long as the platform allows.</param>
public sealed record AudienceToMake(string Name, string Description, TimeSpan? Lifetime = null);

/// <param name="Outcome"><see cref="OutcomeKind.Done"/>, or why there is none.</param>
/// <param name="Audience">The platform's id; null unless done.</param>
/// <param name="WasThere">Whether it was found and not made.</param>
public sealed record MadeAudience(Outcome Outcome, RemoteAudienceId? Audience = null, bool WasThere = false);

/// <summary>Whether a remote audience can be used.</summary>
public enum AudienceState
{
    /// <summary>The platform did not say.</summary>
    Unknown = 0,
    Ready,

    /// <summary>Nothing or too little has matched yet; delivery needs more, or more time.</summary>
    TooSmall,

    /// <summary>The platform is working on it, and may refuse changes meanwhile.</summary>
    Busy,

    /// <summary>It works, and something about it wants a look: it expires, or few rows match.</summary>
    Warning,

    /// <summary>It cannot be used until a human acts at the platform.</summary>
    NeedsHuman,
}

/// <param name="Outcome"><see cref="OutcomeKind.Done"/>, or why it could not be read.</param>
/// <param name="State">Whether it can be used.</param>
/// <param name="Code">The platform's own word for the state, as a stable code.</param>
/// <param name="Name">Its name at the platform.</param>
/// <param name="AtLeast">Members matched, lower bound; null when not told. Every platform rounds.</param>
/// <param name="AtMost">Members matched, upper bound; null when not told.</param>
public sealed record AudienceReport(
    Outcome Outcome, AudienceState State = AudienceState.Unknown, string Code = "", string? Name = null, long? AtLeast = null, long? AtMost = null);
