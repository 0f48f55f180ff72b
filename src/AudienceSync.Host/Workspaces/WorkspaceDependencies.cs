using AudienceSync.Host.Alerts;
using AudienceSync.Host.Messages;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Workspaces.Metrics;

namespace AudienceSync.Host.Workspaces;

/// <summary>The external dependencies of the loops of a workspace.</summary>
public sealed record WorkspaceDependencies(
    MasterKeys MasterKeys,
    TimeProvider Clock,
    Func<double> Chance,
    ILoggerFactory Loggers,
    string Owner
)
{
    /// <summary>How long a silent owner of work keeps others waiting; null for the built-in time.</summary>
    public TimeSpan? LeaseTime { get; init; }

    /// <inheritdoc cref="AccountLoop.Poll"/>
    public TimeSpan AccountPoll { get; init; } = AccountLoop.DefaultPoll;

    /// <inheritdoc cref="AlertLoop.PollEvery"/>
    public TimeSpan AlertPoll { get; init; } = AlertLoop.DefaultPoll;

    /// <summary>The free share of the database's disk; null where it is not known.</summary>
    public Func<double?> FreeDisk { get; init; } = static () => null;

    /// <summary>The metrics of the process; null for a verb.</summary>
    public HostMetrics? Metrics { get; init; }

    /// <summary>Sends durable messages; a verb has no workers and sends none.</summary>
    public IMessages Messages { get; init; } = new NoMessages();
}
