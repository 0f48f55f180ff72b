using AudienceSync.Host.EventStore.Leases;
using JasperFx;
using Wolverine.Runtime.Agents;

namespace AudienceSync.Host.Workspaces.Nodes;

/// <summary>Runs one worker on this Host from its assignment until it is assigned to another, or the Host stops.</summary>
internal sealed class WorkerAgent(Uri uri, Worker worker) : IAgent
{
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;

    public Uri Uri => uri;

    public AgentStatus Status => _running.IsCompleted ? AgentStatus.Stopped : AgentStatus.Running;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var stop = new CancellationTokenSource();
        _stop = stop;

        // The span of the command that starts it would be the parent of everything that the worker ever does.
        using (ExecutionContext.SuppressFlow())
        {
            _running = Task.Run(() => worker.RunAsync(stop.Token), CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    /// <summary>Returns when the worker has finished what it was writing and has released its lease.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stop is not { } stop)
        {
            return;
        }

        _stop = null;
        await stop.CancelAsync();
        await _running;
        stop.Dispose();
    }
}
