using AudienceSync.Host.Alerts;
using AudienceSync.Host.Sync.Accounts;

namespace AudienceSync.Host.Workspaces;

/// <summary>The external dependencies of a server: everything that a test controls.</summary>
/// <param name="Network">Carries calls to platforms.</param>
public sealed record ServerDependencies(TimeProvider Clock, Random Random, HttpMessageHandler Network, Func<string, string?> Environment)
{
    /// <inheritdoc cref="AccountLoop.Poll"/>
    public TimeSpan AccountPoll { get; init; } = AccountLoop.DefaultPoll;

    /// <inheritdoc cref="AlertLoop.PollEvery"/>
    public TimeSpan AlertPoll { get; init; } = AlertLoop.DefaultPoll;

    /// <summary>The free share of the database's disk; null where it is not known.</summary>
    public Func<double?> FreeDisk { get; init; } = static () => null;
}
