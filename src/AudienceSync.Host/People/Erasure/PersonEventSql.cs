using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest.Append;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// Appends one event to the stream of each anchor of a person, in a unit of work that changes people. It draws positions, so every Host's
/// identity cache detects that another process appended, and is discarded.
/// </summary>
internal static class PersonEventSql
{
    /// <summary>Returns the ids of the events, which are derived.</summary>
    /// <param name="unit">The unit of work that appends them.</param>
    /// <param name="database">The workspace, whose Hosts are notified.</param>
    /// <param name="anchors">The person's anchors.</param>
    /// <param name="name">Together with the anchor, what an event's id is derived from.</param>
    /// <param name="stored">The event.</param>
    public static List<Guid> Append(UnitOfWork unit, WorkspaceDatabase database, Guid[] anchors, string name, IStoredEvent stored)
    {
        var ids = new List<Guid>(anchors.Length);
        foreach (var anchor in anchors.Order())
        {
            var id = EventId.Derive("audiencesync", $"{name}/{anchor}").Value;
            unit.Session.Events.Append(anchor, stored).Events[^1].Id = id;
            ids.Add(id);
        }

        unit.AfterAppending(Sql.Command(AppendSql.Notify, Sql.Of(database.Channel)));
        return ids;
    }
}
