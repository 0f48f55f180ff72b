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
        options.Add(new KeepBodyPartitionsHandler());
        options.Add(new RemoveEndedRecordsHandler());
        options.Add(new AdvanceErasureHandler());
    }

    private static void Add<T, TService>(this WolverineOptions options, WorkspaceMessageHandler<T, TService> handler)
        where T : IWorkspaceMessage
        where TService : notnull
    {
        options.AddMessageHandler(handler);
        options.PublishMessage<T>().ToLocalQueue(Queue);
    }
}
