using AudienceSync.Host.Messages;

namespace AudienceSync.Host.Maintenance;

/// <summary>Asks for records past their retention to be removed.</summary>
public sealed record RemoveEndedRecords(string Workspace) : IWorkspaceMessage;

internal sealed class RemoveEndedRecordsHandler : WorkspaceMessageHandler<RemoveEndedRecords, MaintenanceTasks>
{
    protected override Task HandleAsync(RemoveEndedRecords message, MaintenanceTasks tasks, CancellationToken cancellationToken) =>
        tasks.RemoveEndedAsync(cancellationToken);
}
