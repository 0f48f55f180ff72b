using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Journeys;

/// <summary>A journey determines, from the actions of a customer, when they enter and leave its audience.</summary>
internal interface IJourney
{
    string Audience { get; }

    string Key { get; }

    /// <summary>How long an add lasts.</summary>
    TimeSpan Window { get; }

    /// <summary>The suffix of the platforms' ids of its audiences.</summary>
    int Number { get; }

    string Purpose { get; }

    string Definition { get; }

    /// <param name="actions">In chronological order.</param>
    /// <param name="now">The current time; no action is later.</param>
    IEnumerable<JourneyStep> Follow(IReadOnlyList<ShopAction> actions, DateTimeOffset now);
}

internal sealed record JourneyStep(EventKind Kind, DateTimeOffset At, string Step);
