using AudienceSync.Host.Messages;

namespace AudienceSync.Host.Maintenance;

/// <summary>Asks for the partitions of raw bodies, deliveries and calls to be created and dropped.</summary>
public sealed record KeepBodyPartitions(string Workspace) : IWorkspaceMessage;

internal sealed class KeepBodyPartitionsHandler : WorkspaceMessageHandler<KeepBodyPartitions, MaintenanceTasks>
{
    protected override Task HandleAsync(KeepBodyPartitions message, MaintenanceTasks tasks, CancellationToken cancellationToken) =>
        tasks.KeepPartitionsAsync(cancellationToken);
}
