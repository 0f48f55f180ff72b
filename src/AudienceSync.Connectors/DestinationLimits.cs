namespace AudienceSync.Connectors;

/// <summary>What a platform allows, as far as the engine plans by it.</summary>
/// <param name="MembersPerCall">Members in one call at most.</param>
/// <param name="CallTimeout">How long we wait for an answer before the outcome counts as unknown.</param>
/// <param name="OrderedCalls">Whether the platform applies calls in the order of their answers; if not, adds and removes of one list never overlap.</param>
public sealed record DestinationLimits(int MembersPerCall, TimeSpan CallTimeout, bool OrderedCalls);
