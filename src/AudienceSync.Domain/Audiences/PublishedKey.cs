using AudienceSync.Domain.Events;
using AudienceSync.Domain.Experiments;

namespace AudienceSync.Domain.Audiences;

/// <summary>A published key with the number that membership rows use for it.</summary>
public sealed record PublishedKey(int KeyId, AudienceKey Key, TimeSpan? Window)
{
    public MatchKeys MatchKeys { get; init; } = MatchKeys.All;

    /// <summary>The consent that the key requires of a person.</summary>
    public ConsentPolicy ConsentPolicy { get; init; } = ConsentPolicy.Assumed;

    /// <summary>A retired key accepts no new events; its members stay.</summary>
    public bool Retired { get; init; }

    /// <summary>What happens to its events while it drains; null when it does not drain.</summary>
    public LateEvents? Draining { get; init; }

    /// <summary>The experiment that runs on its audience; null for none.</summary>
    public Holdout? Holdout { get; init; }

    /// <summary>When it was published.</summary>
    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>The position of the event that published it, when it inherits; otherwise null.</summary>
    public Position? PublishedPos { get; init; }

    /// <summary>The version whose events count for this one, too; null when only its own events count.</summary>
    public int? InheritsFrom { get; init; }
}
