using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Messages;
using AudienceSync.Host.Telemetry;
using Wolverine.Runtime;

namespace AudienceSync.Host.Workspaces.Nodes;

/// <summary>
/// This Host as a node beside others. Before it registers, and every two seconds, it removes the nodes of processes that are gone, so that
/// their work is assigned again without waiting; when everything has started it has the first assignment made, so that a lone Host has its
/// work at once. <b>Failures</b> of storage are an outage like any other: the next attempt retries.
/// </summary>
internal sealed class NodeService(HostSettings settings, IWolverineRuntime runtime, MessageStore storage, ILogger<NodeService> logger)
    : IHostedLifecycleService,
        IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly NodeLockStore _locks = new(settings.Postgres!, runtime.Options.UniqueNodeId);
    private readonly CancellationTokenSource _stop = new();
    private Task _refreshing = Task.CompletedTask;

    /// <summary>After the schema was brought up to date, before Wolverine registers this node.</summary>
    public Task StartingAsync(CancellationToken cancellationToken) => RemoveAsync(cancellationToken);

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        _refreshing = Task.Run(() => RefreshAsync(_stop.Token), CancellationToken.None);
        try
        {
            await runtime.Agents.KickstartHealthDetectionAsync();
        }
        catch (Exception failure) when (OutageLog.IsStorage(failure))
        {
            logger.LogWarning("First assignment of work interrupted: {Failure}; the next poll repeats it", OutageLog.Describe(failure));
        }
    }

    /// <summary>After Wolverine has removed this node.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _refreshing;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _locks.DisposeAsync();
        await storage.DisposeAsync();
        _stop.Dispose();
    }

    private Task RefreshAsync(CancellationToken cancellationToken) =>
        new RetryLoop("Node", TimeProvider.System, logger).RunAsync(
            async token =>
            {
                await RemoveAsync(token);
                return Interval;
            },
            cancellationToken
        );

    private async Task RemoveAsync(CancellationToken cancellationToken)
    {
        if (await _locks.RefreshAsync(cancellationToken) is > 0 and var gone)
        {
            logger.LogWarning("Removed {Nodes} nodes whose process is gone; their work is assigned to others", gone);
        }
    }
}
