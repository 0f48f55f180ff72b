using Marten;

namespace AudienceSync.Host.Messages;

/// <summary>Sends durable messages.</summary>
public interface IMessages
{
    /// <summary>When this returns, the message is stored and will be handled, whatever happens to this Host.</summary>
    Task SendAsync(IWorkspaceMessage message);

    /// <summary>Stores the message in the transaction of a session: it is sent exactly when the session commits.</summary>
    Task EnlistAsync(IDocumentSession session, IWorkspaceMessage message);
}
