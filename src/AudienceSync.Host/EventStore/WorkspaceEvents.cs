using System.Text;
using System.Text.Json;
using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore.Outcomes;
using AudienceSync.Host.EventStore.Registry;
using JasperFx;
using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Services.Json.Transformations.SystemTextJson;
using Weasel.Core;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// The event store of one workspace as Marten sees it: a schema, its event types and how their JSON is written. The Host uses it, and a
/// team's own program can open the same workspace with it:
/// <code>
/// var store = DocumentStore.For(options =>
/// {
///     options.Connection(connectionString);
///     WorkspaceEvents.Configure(options, new WorkspaceName("default"), TimeProvider.System);
/// });
/// </code>
/// Such a program may read, aggregate and subscribe. To append, it opens its session with <see cref="UnitOfWork.Open"/>: the database
/// refuses an append without the workspace's lock.
/// </summary>
public static class WorkspaceEvents
{
    // Ours beside Marten's: it must neither drop nor complain about them.
    private static readonly string[] OwnIndexes = ["mt_events_links", "mt_events_linked", "mt_events_identifiers"];

    /// <summary>Describes a workspace to Marten. The connection is the caller's.</summary>
    /// <param name="options">Receives the configuration.</param>
    /// <param name="workspace">The workspace; its schema must exist.</param>
    /// <param name="clock">Gives the time of stored events.</param>
    public static void Configure(StoreOptions options, WorkspaceName workspace, TimeProvider clock)
    {
        options.DatabaseSchemaName = workspace.Schema;
        options.AutoCreateSchemaObjects = AutoCreate.None;
        var events = options.Events;
        events.StreamIdentity = StreamIdentity.AsGuid;
        events.AppendMode = EventAppendMode.QuickWithServerTimestamps;
        events.EnableUniqueIndexOnEventId = true;
        events.TimeProvider = clock;
        foreach (var index in OwnIndexes)
        {
            events.IgnoreIndex(index);
        }

        AddTypes(options);
        options.UseSystemTextJsonForSerialization(
            EnumStorage.AsString,
            Casing.CamelCase,
            json => json.Converters.Add(new StoredEventConverter())
        );
        options.Projections.Add(new AudienceStreamProjection(), ProjectionLifecycle.Live);
        options.Projections.Add(new PersonStreamProjection(), ProjectionLifecycle.Live);
        options.Projections.Add(new AudienceTables(), ProjectionLifecycle.Inline);
        options.Projections.Add(new EngagementProjection(), ProjectionLifecycle.Async);

        // The Hosts run the daemon, one of them at a time, under a lease.
        options.Projections.AsyncMode = DaemonMode.ExternallyManaged;
        options.Schema.For<PersonEngagement>().DocumentAlias(EngagementProjection.ProjectionName);
    }

    private static void AddTypes(StoreOptions options)
    {
        foreach (var (alias, type) in EventTypes.ByAlias.Where(known => known.Key != EventTypes.KeyPublished))
        {
            options.Events.MapEventType(type, alias);
        }

        options.Events.MapEventTypeWithSchemaVersion<AudienceKeyPublished>(2);
        foreach (var alias in EventUpcasters.Aliases)
        {
            options.Events.Upcast(
                EventTypes.ByAlias[EventUpcasters.CurrentAlias(alias)],
                alias,
                JsonTransformations.Upcast(json => Read(alias, json))
            );
        }
    }

    private static object Read(string alias, JsonDocument json) =>
        EventJson.Read(alias, Encoding.UTF8.GetBytes(json.RootElement.GetRawText()));
}
