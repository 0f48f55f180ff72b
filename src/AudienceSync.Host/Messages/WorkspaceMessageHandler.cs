using AudienceSync.Host.Requests;
using Wolverine.ErrorHandling;
using Wolverine.Runtime;
using Wolverine.Runtime.Handlers;

namespace AudienceSync.Host.Messages;

/// <summary>
/// Handles one type of message with a service of its workspace. A message that fails is retried three times, and is a dead letter
/// afterwards: an operator sees it, and replays or discards it. Wolverine generates no code for such a handler.
/// </summary>
internal abstract class WorkspaceMessageHandler<TMessage, TService> : MessageHandler<TMessage>
    where TMessage : IWorkspaceMessage
    where TService : notnull
{
    private const int LongestS = 600;

    public override void ConfigureChain(HandlerChain chain)
    {
        chain.ExecutionTimeoutInSeconds = LongestS;
        chain.OnException<UnknownWorkspaceException>().MoveToErrorQueue();
        chain.OnAnyException().ScheduleRetry(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10));
    }

    protected sealed override Task HandleAsync(TMessage message, MessageContext context, CancellationToken cancellation)
    {
        var workspaces = context.Runtime.Services.GetRequiredService<WorkspaceServices>();
        return workspaces.Find(message.Workspace) is { } services
            ? HandleAsync(message, services.GetRequiredService<TService>(), cancellation)
            : throw new UnknownWorkspaceException(message.Workspace);
    }

    protected abstract Task HandleAsync(TMessage message, TService service, CancellationToken cancellationToken);
}

/// <summary>A message names a workspace that this Host's configuration does not have.</summary>
internal sealed class UnknownWorkspaceException(string workspace)
    : Exception($"The configuration of this Host has no workspace {workspace}.");
