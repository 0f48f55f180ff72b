using System.Security.Cryptography;
using System.Text;
using JasperFx;
using Marten;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// Marten's tables and functions in a workspace's schema: Marten compares them with its configuration and changes what differs. Done once
/// for each version of Marten and of the configuration, since the comparison reads the catalog.
/// </summary>
internal static class MartenSchema
{
    /// <summary>What the application may do with Marten's tables. The log itself it may only extend.</summary>
    public static string Grants(WorkspaceName workspace) =>
        $"""
            grant select, insert, update on {workspace.Schema}.mt_streams to {WorkspaceDatabase.AppRole};
            grant select, insert, update, delete on
              {workspace.Schema}.mt_event_progression, {workspace.Schema}.mt_high_water_skips,
              {workspace.Schema}.mt_event_projection_floors, {workspace.Schema}.mt_doc_deadletterevent
              to {WorkspaceDatabase.AppRole};
            grant select, insert, update, delete on {workspace.Schema}.mt_doc_person_engagement to {WorkspaceDatabase.AppRole};
            revoke update, delete, truncate on {workspace.Schema}.mt_events from {WorkspaceDatabase.AppRole};
            """;

    /// <summary>Applies what differs.</summary>
    /// <param name="connectionString">Connects as the owner of the schema.</param>
    /// <param name="workspace">The workspace, migrated by our own files.</param>
    /// <param name="cancellationToken">Stops in between; applying again continues.</param>
    public static async Task ApplyAsync(string connectionString, WorkspaceName workspace, CancellationToken cancellationToken)
    {
        await using var store = Open(connectionString, workspace, AutoCreate.CreateOrUpdate);
        await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync().WaitAsync(cancellationToken);
    }

    /// <summary>Names the version of Marten and of the configuration, which is the same for every workspace.</summary>
    public static string Version => Current.Value;

    private static readonly Lazy<string> Current = new(ReadVersion);

    private static string ReadVersion()
    {
        using var store = Open("Host=none", new WorkspaceName("default"), AutoCreate.None);
        var script = Encoding.UTF8.GetBytes(store.Storage.ToDatabaseScript());
        return $"{typeof(IDocumentStore).Assembly.GetName().Version} {Convert.ToHexStringLower(SHA256.HashData(script))}";
    }

    private static DocumentStore Open(string connectionString, WorkspaceName workspace, AutoCreate create) =>
        DocumentStore.For(options =>
        {
            options.Connection(connectionString);
            WorkspaceEvents.Configure(options, workspace, TimeProvider.System);
            options.AutoCreateSchemaObjects = create;
        });
}
