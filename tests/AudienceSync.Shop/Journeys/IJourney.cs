using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Journeys;

/// <summary>A journey decides, from what a customer did, when he enters and leaves its audience.</summary>
internal interface IJourney
{
    string Audience { get; }

    string Key { get; }

    /// <summary>How long an add lasts.</summary>
    TimeSpan Window { get; }

    /// <summary>Ends the ids of its audiences at the platforms.</summary>
    int Number { get; }

    string Purpose { get; }

    string Definition { get; }

    /// <param name="acts">In the order of time.</param>
    /// <param name="now">Nothing later has happened yet.</param>
    IEnumerable<JourneyStep> Follow(IReadOnlyList<ShopAct> acts, DateTimeOffset now);
}

internal sealed record JourneyStep(EventKind Kind, DateTimeOffset At, string Step);
