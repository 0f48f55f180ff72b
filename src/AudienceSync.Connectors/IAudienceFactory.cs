using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors;

/// <summary>
/// A platform where remote audiences can be created, read and deleted. No method throws because of a platform's response.
/// </summary>
public interface IAudienceFactory
{
    /// <summary>
    /// The remote audience of this name: the existing one or a new one. Safe to repeat after a lost response, which is why it searches
    /// before it creates: no platform supports an idempotency key.
    /// </summary>
    ValueTask<EnsuredAudience> EnsureAsync(AudienceDefinition wanted, CancellationToken cancellationToken);

    ValueTask<AudienceReport> ReadAsync(RemoteAudienceId audience, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the remote audience with everything that uses it. A missing one counts as deleted where the platform reports it as missing.
    /// </summary>
    ValueTask<Outcome> DeleteAsync(RemoteAudienceId audience, CancellationToken cancellationToken);
}

/// <summary>A remote audience to find or create.</summary>
/// <param name="Name">The audience is found again by this name.</param>
/// <param name="Description">What it is for, as text; some platforms require one.</param>
/// <param name="Lifetime">How long an add is valid, in whole days; null for as long as the platform allows.</param>
public sealed record AudienceDefinition(string Name, string Description, TimeSpan? Lifetime = null);

/// <param name="Outcome"><see cref="OutcomeKind.Done"/>, or why there is none.</param>
/// <param name="Audience">The platform's id; null unless done.</param>
/// <param name="AlreadyExisted">Whether it already existed.</param>
public sealed record EnsuredAudience(Outcome Outcome, RemoteAudienceId? Audience = null, bool AlreadyExisted = false);

/// <summary>Whether a remote audience can be used.</summary>
public enum AudienceState
{
    /// <summary>The platform did not report it.</summary>
    Unknown = 0,
    Ready,

    /// <summary>No or too few people have matched yet; delivery needs more members or more time.</summary>
    TooSmall,

    /// <summary>The platform is processing it and may refuse changes meanwhile.</summary>
    Busy,

    /// <summary>It works but needs attention: it expires, or few rows match.</summary>
    Warning,

    /// <summary>It cannot be used until a human acts at the platform.</summary>
    NeedsHuman,
}

/// <param name="Outcome"><see cref="OutcomeKind.Done"/>, or why it could not be read.</param>
/// <param name="State">Whether it can be used.</param>
/// <param name="Code">The platform's own state, as a stable code.</param>
/// <param name="Name">Its name at the platform.</param>
/// <param name="AtLeast">Members matched, lower bound; null when not reported. Every platform rounds.</param>
/// <param name="AtMost">Members matched, upper bound; null when not reported.</param>
public sealed record AudienceReport(
    Outcome Outcome,
    AudienceState State = AudienceState.Unknown,
    string Code = "",
    string? Name = null,
    long? AtLeast = null,
    long? AtMost = null
)
{
    /// <summary>The share of rows that matched, in percent; null when not reported.</summary>
    public int? MatchRate { get; init; }

    /// <summary>When its members changed last; null when not reported.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }
}
