using AudienceSync.Host.Storage.Messages;
using AudienceSync.Host.Telemetry;
using Wolverine.Runtime;

namespace AudienceSync.Host.Nodes;

/// <summary>
/// Has the first assignment made as soon as the Host has started: a lone Host has its work at once, and not at the second poll. Also keeps
/// the connections of messages as long as the process has work.
/// </summary>
internal sealed class NodeStart(IWolverineRuntime runtime, MessageStorage storage, ILogger<NodeStart> logger)
    : IHostedLifecycleService, IAsyncDisposable
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await runtime.Agents.KickstartHealthDetectionAsync();
        }
        catch (Exception failure) when (OutageLog.IsStorage(failure))
        {
            logger.LogWarning("First assignment of work interrupted: {Failure}; the next poll repeats it", OutageLog.Describe(failure));
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => storage.DisposeAsync();
}
