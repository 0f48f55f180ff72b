using Marten;
using Wolverine.Marten;
using Wolverine.Runtime;

namespace AudienceSync.Host.Messages;

/// <summary>Sends durable messages.</summary>
public interface IMessages
{
    /// <summary>When this returns, the message is stored and will be handled, whatever happens to this Host.</summary>
    Task SendAsync(IWorkspaceMessage message);

    /// <summary>Stores the message in the transaction of a session: it is sent exactly when the session commits.</summary>
    Task EnlistAsync(IDocumentSession session, IWorkspaceMessage message);
}

/// <summary>Sends by Wolverine, whose tables are in the same database as every workspace.</summary>
internal sealed class WolverineMessages(IWolverineRuntime runtime) : IMessages
{
    public async Task SendAsync(IWorkspaceMessage message) => await new MessageBus(runtime).PublishAsync(message);

    public async Task EnlistAsync(IDocumentSession session, IWorkspaceMessage message) =>
        await new MartenOutbox(runtime, session).PublishAsync(message);
}

/// <summary>For a command beside the Hosts, which has no workers.</summary>
internal sealed class NoMessages : IMessages
{
    public Task SendAsync(IWorkspaceMessage message) => Task.CompletedTask;

    public Task EnlistAsync(IDocumentSession session, IWorkspaceMessage message) => Task.CompletedTask;
}
