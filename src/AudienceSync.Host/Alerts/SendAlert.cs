using AudienceSync.Host.Messages;

namespace AudienceSync.Host.Alerts;

/// <summary>Asks for a notice to be sent to a channel.</summary>
public sealed record SendAlert(string Workspace, Guid Send) : IWorkspaceMessage;

internal sealed class SendAlertHandler : WorkspaceMessageHandler<SendAlert, AlertSender>
{
    protected override Task HandleAsync(SendAlert message, AlertSender sender, CancellationToken cancellationToken) =>
        sender.SendAsync(message.Send, cancellationToken);
}
