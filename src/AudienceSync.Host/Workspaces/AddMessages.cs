using AudienceSync.Host.Alerts;
using AudienceSync.Host.Feedback;
using AudienceSync.Host.Maintenance;
using AudienceSync.Host.Messages;
using AudienceSync.Host.People.Erasure;
using Wolverine;

namespace AudienceSync.Host.Workspaces;

/// <summary>The durable messages and their handlers.</summary>
internal static class AddMessagesExtensions
{
    private const string Queue = "work";

    // Calls to a service take seconds: they keep no erasure waiting.
    private const string FeedbackQueue = "feedback";

    private const int MostFeedback = 4;

    // People are alerted while everything else waits.
    private const string AlertQueue = "alerts";

    private const int MostAlerts = 4;

    public static void AddMessages(this WolverineOptions options)
    {
        options.LocalQueue(Queue).UseDurableInbox();
        options.Add(new KeepBodyPartitionsHandler());
        options.Add(new RemoveEndedRecordsHandler());
        options.Add(new AdvanceErasureHandler());
        options.LocalQueue(FeedbackQueue).UseDurableInbox().MaximumParallelMessages(MostFeedback);
        options.Add(new SendFeedbackHandler(), FeedbackQueue);
        options.LocalQueue(AlertQueue).UseDurableInbox().MaximumParallelMessages(MostAlerts);
        options.Add(new SendAlertHandler(), AlertQueue);
    }

    private static void Add<T, TService>(this WolverineOptions options, WorkspaceMessageHandler<T, TService> handler, string queue = Queue)
        where T : IWorkspaceMessage
        where TService : notnull
    {
        options.AddMessageHandler(handler);
        options.PublishMessage<T>().ToLocalQueue(queue);
    }
}
