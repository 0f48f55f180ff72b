using Marten;
using Wolverine.Marten;
using Wolverine.Runtime;

namespace AudienceSync.Host.Messages;

/// <summary>Sends by Wolverine, whose tables are in the same database as every workspace.</summary>
internal sealed class WolverineMessages(IWolverineRuntime runtime) : IMessages
{
    public async Task SendAsync(IWorkspaceMessage message) => await new MessageBus(runtime).PublishAsync(message);

    public async Task EnlistAsync(IDocumentSession session, IWorkspaceMessage message) =>
        await new MartenOutbox(runtime, session).PublishAsync(message);
}
