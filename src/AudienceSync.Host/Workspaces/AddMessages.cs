using AudienceSync.Host.Maintenance;
using AudienceSync.Host.Messages;
using AudienceSync.Host.People.Erasure;
using Wolverine;

namespace AudienceSync.Host.Workspaces;

/// <summary>The durable messages and their handlers.</summary>
internal static class AddMessagesExtensions
{
    private const string Queue = "work";

    public static void AddMessages(this WolverineOptions options)
    {
        options.LocalQueue(Queue).UseDurableInbox();
        options.Add<KeepBodyPartitions>(new KeepBodyPartitionsHandler());
        options.Add<RemoveEndedRecords>(new RemoveEndedRecordsHandler());
        options.Add<AdvanceErasure>(new AdvanceErasureHandler());
    }

    private static void Add<T>(this WolverineOptions options, WorkspaceMessageHandler<T> handler)
        where T : IWorkspaceMessage
    {
        options.AddMessageHandler(handler);
        options.PublishMessage<T>().ToLocalQueue(Queue);
    }
}
