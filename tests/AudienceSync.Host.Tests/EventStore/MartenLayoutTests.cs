using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.EventStore;

/// <summary>Rows of the log as Marten writes them. That the tables are Marten's is held by <c>PlainStoreTests</c>.</summary>
public sealed class MartenLayoutTests
{
    [Fact]
    public async Task Positions_come_from_martens_sequence_one_at_a_time()
    {
        await using var workspace = await TestWorkspace.CreateAsync();

        (await workspace.AskAsync<string>("select pg_get_serial_sequence('mt_events', 'seq_id')")).ShouldBe(
            "ws_default.mt_events_sequence"
        );
        (await workspace.AskAsync<long>("select seqcache from pg_sequence where seqrelid = 'mt_events_sequence'::regclass")).ShouldBe(1);
    }

    [Fact]
    public async Task A_row_has_martens_values_where_the_engine_sets_none()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);

        (
            await workspace.RowsAsync(
                "select seq_id, version, type, tenant_id, is_archived, bdata is null, mt_dotnet_type is null from mt_events"
            )
        ).ShouldBe(["1 1 audience_registered *DEFAULT* False True False", "2 2 audience_key_published_v2 *DEFAULT* False True False"]);
        (await workspace.RowsAsync("select type, version, tenant_id, is_archived from mt_streams")).ShouldBe([
            "audience_stream 2 *DEFAULT* False",
        ]);
    }
}
