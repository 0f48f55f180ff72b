using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Projection.Rebuilding;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Rebuilding;

/// <summary>Rebuilds of one workspace, and its rows as text.</summary>
internal sealed class RebuildStage(TestWorkspace workspace) : IAsyncDisposable
{
    // Since when the row of a linked anchor is empty depends on the order of arrival.
    private const string RowsSql = """
        select key_id, person, added_at, removed_at, state, case when state = 5 then null else since_at end, until_at, event_pos,
          changed_pos, restrictions,
          array_to_string(restricted_at, '+') from membership order by 1, 2
        """;

    // For a person who never refused, every grant is equivalent.
    private const string PermissionsSql = """
        select person, user_data_yes is null, personalization_yes is null, user_data_no, personalization_no, lifted_at, suppressed_at,
          erasing_at, destinations,
          case when user_data_no is not null then user_data_yes end, case when personalization_no is not null then personalization_yes end
        from person_permissions order by 1
        """;

    private readonly GenerationSchemaStore _database = new(workspace.ConnectionString, TestWorkspace.Name);

    public GenerationStore Generations => new(_database);

    public Rebuild Rebuild(long memoryBytes = 400_000_000, Action<string>? step = null) =>
        new(_database, workspace.Keys, workspace.Clock, "rebuilder") { MemoryBytes = memoryBytes, Step = step ?? (_ => { }) };

    public Task<RebuildResult> RunAsync(int? keyId = null) => Rebuild().RunAsync(keyId, default);

    public Task<List<string>> RowsAsync() => workspace.RowsAsync(RowsSql);

    public Task<List<string>> PermissionsAsync() => workspace.RowsAsync(PermissionsSql);

    public Task<List<string>> LinksAsync() => workspace.RowsAsync("select person, owner from person_links order by 1");

    public async Task AppendAsync(params PendingEvent[] events)
    {
        var log = workspace.OpenLog();
        await log.AppendAsync([TestWebhooks.Request(events)], default);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
