using Marten;

namespace AudienceSync.Host.Messages;

/// <summary>For a command beside the Hosts, which has no workers.</summary>
internal sealed class NoMessages : IMessages
{
    public Task SendAsync(IWorkspaceMessage message) => Task.CompletedTask;

    public Task EnlistAsync(IDocumentSession session, IWorkspaceMessage message) => Task.CompletedTask;
}
