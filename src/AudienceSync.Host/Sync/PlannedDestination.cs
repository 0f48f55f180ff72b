using AudienceSync.Connectors;

namespace AudienceSync.Host.Sync;

/// <summary>An ad account with its connector.</summary>
public sealed record PlannedDestination(string Name, string Platform, IDestination Connector, TimeSpan Flush)
{
    /// <summary>Whether only people who granted both purposes may be added here.</summary>
    public bool ConsentRequired { get; init; }
}
