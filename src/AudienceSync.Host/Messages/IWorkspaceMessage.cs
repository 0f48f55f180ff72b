namespace AudienceSync.Host.Messages;

/// <summary>A durable message about one workspace. It holds names and ids only, never personal data.</summary>
public interface IWorkspaceMessage
{
    string Workspace { get; }
}
