using AudienceSync.Host.Messages;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// Asks for an erasure that was just requested to be carried out as far as possible. What then waits is checked by the loop.
/// </summary>
public sealed record AdvanceErasure(string Workspace, Guid Erasure) : IWorkspaceMessage;

internal sealed class AdvanceErasureHandler : WorkspaceMessageHandler<AdvanceErasure, Erasures>
{
    protected override Task HandleAsync(AdvanceErasure message, Erasures erasures, CancellationToken cancellationToken) =>
        erasures.Loop.RunOnceAsync(cancellationToken);
}
