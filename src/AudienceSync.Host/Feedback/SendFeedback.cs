using AudienceSync.Host.Messages;
using Wolverine.ErrorHandling;
using Wolverine.Runtime.Handlers;

namespace AudienceSync.Host.Feedback;

/// <summary>
/// Asks for a page of feedback to be sent. It names a source and a range of numbers, and nobody: who it is about is read when it is sent.
/// </summary>
public sealed record SendFeedback(string Workspace, string Source, string Stream, long From, long To) : IWorkspaceMessage;

internal sealed class SendFeedbackHandler : WorkspaceMessageHandler<SendFeedback, FeedbackSender>
{
    public override void ConfigureChain(HandlerChain chain)
    {
        // First, because the first rule that fits decides.
        chain.OnException<FeedbackGaveUpException>().MoveToErrorQueue();
        base.ConfigureChain(chain);
    }

    protected override Task HandleAsync(SendFeedback message, FeedbackSender sender, CancellationToken cancellationToken) =>
        sender.SendAsync(new FeedbackRange(message.Source, message.Stream, message.From, message.To), cancellationToken);
}

/// <summary>A page of feedback was not accepted for a day. Its message is dead until an operator replays it.</summary>
internal sealed class FeedbackGaveUpException(string source, string code)
    : Exception($"Feedback to {source} was not accepted for a day, the last time with {code}.");
