using AudienceSync.Connectors;
using AudienceSync.Connectors.Alerts;
using AudienceSync.Domain.Alerts;

namespace AudienceSync.Host.Alerts;

/// <summary>A channel, after every check of its settings.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Least">It gets incidents that are at least as bad.</param>
/// <param name="Channel">Sends to it.</param>
public sealed record PlannedChannel(string Name, string Kind, AlertSeverity Least, IAlertChannel Channel)
{
    public AlertChannelRoute Route => new(Name, Least, Channel.TakesReminders);
}

/// <summary>The weekly digest of a workspace.</summary>
/// <param name="Schedule">When a week ends.</param>
/// <param name="Channels">The names of the channels that get it.</param>
public sealed record PlannedDigest(WeeklySchedule Schedule, IReadOnlyList<string> Channels);

/// <summary>The alerts of a workspace.</summary>
/// <param name="Settings">What is set of the rules.</param>
/// <param name="Channels">How people are alerted.</param>
public sealed record PlannedAlerts(AlertSettings Settings, IReadOnlyList<PlannedChannel> Channels)
{
    public static PlannedAlerts Default { get; } = new(AlertSettings.Default, []);

    /// <summary>Null when nobody gets one.</summary>
    public PlannedDigest? Digest { get; init; }

    /// <summary>The channel of this name; null when there is none.</summary>
    public PlannedChannel? Find(string name) => Channels.FirstOrDefault(channel => channel.Name == name);
}

/// <summary>What alerts are about.</summary>
/// <param name="Workspace">The workspace.</param>
/// <param name="Destinations">Its ad accounts, with the check of the version of their API; null where there is none.</param>
/// <param name="FreeDisk">The free share of the disk; null where it is not known.</param>
public sealed record AlertScene(string Workspace, IReadOnlyDictionary<string, IChecksVersion?> Destinations, Func<double?> FreeDisk);
