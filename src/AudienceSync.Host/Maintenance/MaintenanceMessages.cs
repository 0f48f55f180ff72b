using AudienceSync.Host.Messages;
using AudienceSync.Host.Workspaces;

namespace AudienceSync.Host.Maintenance;

/// <summary>Asks for the partitions of raw bodies, deliveries and calls to be created and dropped.</summary>
public sealed record KeepBodyPartitions(string Workspace) : IWorkspaceMessage;

/// <summary>Asks for records past their retention to be removed.</summary>
public sealed record RemoveEndedRecords(string Workspace) : IWorkspaceMessage;

internal sealed class KeepBodyPartitionsHandler : WorkspaceMessageHandler<KeepBodyPartitions>
{
    protected override Task HandleAsync(KeepBodyPartitions message, Workspace workspace, CancellationToken cancellationToken) =>
        workspace.Maintenance.KeepPartitionsAsync(cancellationToken);
}

internal sealed class RemoveEndedRecordsHandler : WorkspaceMessageHandler<RemoveEndedRecords>
{
    protected override Task HandleAsync(RemoveEndedRecords message, Workspace workspace, CancellationToken cancellationToken) =>
        workspace.Maintenance.RemoveEndedAsync(cancellationToken);
}
