namespace AudienceSync.Host.Messages;

/// <summary>A durable message about one workspace. It holds names and ids only, never personal data.</summary>
public interface IWorkspaceMessage
{
    string Workspace { get; }
}

/// <summary>Sends a message: when this returns, it is stored and will be handled, whatever happens to this Host.</summary>
public delegate Task SendMessage(IWorkspaceMessage message);
