namespace AudienceSync.Host.Tests.Storage.Log;

/// <summary>The tables that a team opens with Marten 9 (bigint events, guid streams, single tenant), column by column.</summary>
public sealed class MartenLayoutTests
{
    private static readonly string[] Columns =
    [
        "mt_event_progression name character varying NO",
        "mt_event_progression last_seq_id bigint YES",
        "mt_event_progression last_updated timestamp with time zone YES",
        "mt_events seq_id bigint NO",
        "mt_events id uuid NO",
        "mt_events stream_id uuid NO",
        "mt_events version bigint NO",
        "mt_events data jsonb NO",
        "mt_events bdata bytea YES",
        "mt_events type character varying(500) NO",
        "mt_events timestamp timestamp with time zone NO",
        "mt_events tenant_id character varying YES",
        "mt_events mt_dotnet_type character varying YES",
        "mt_events is_archived boolean YES",
        "mt_high_water_skips ending_sequence bigint NO",
        "mt_high_water_skips starting_sequence bigint NO",
        "mt_high_water_skips timestamp timestamp with time zone YES",
        "mt_streams id uuid NO",
        "mt_streams type character varying YES",
        "mt_streams version bigint YES",
        "mt_streams timestamp timestamp with time zone NO",
        "mt_streams created timestamp with time zone NO",
        "mt_streams tenant_id character varying YES",
        "mt_streams is_archived boolean YES",
    ];

    private static readonly string[] Keys =
    [
        "mt_event_progression mt_event_progression_pkey name",
        "mt_events idx_mt_events_event_id id",
        "mt_events pk_mt_events_stream_and_version stream_id,version",
        "mt_events pkey_mt_events_seq_id seq_id",
        "mt_high_water_skips mt_high_water_skips_pkey ending_sequence",
        "mt_streams mt_streams_pkey id",
    ];

    private const string ColumnsSql = """
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'NO' else 'YES' end
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relkind = 'r' and c.relnamespace = 'ws_default'::regnamespace and c.relname like 'mt\_%' order by c.relname, a.attnum
        """;

    private const string KeysSql = """
        select t.relname, i.relname, string_agg(a.attname, ',' order by k.place)
        from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
        cross join lateral unnest(x.indkey::int2[]) with ordinality as k(attnum, place)
        join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum
        where x.indisunique and t.relnamespace = 'ws_default'::regnamespace and t.relname like 'mt\_%' group by 1, 2 order by 1, 2
        """;

    [Fact]
    public async Task Tables_columns_types_and_nullability_are_martens()
    {
        await using var workspace = await TestWorkspace.CreateAsync();

        (await workspace.RowsAsync(ColumnsSql)).ShouldBe(Columns);
    }

    [Fact]
    public async Task Unique_indexes_have_martens_names_and_columns()
    {
        await using var workspace = await TestWorkspace.CreateAsync();

        (await workspace.RowsAsync(KeysSql)).ShouldBe(Keys);
    }

    [Fact]
    public async Task Positions_come_from_martens_sequence_one_at_a_time()
    {
        await using var workspace = await TestWorkspace.CreateAsync();

        (await workspace.AskAsync<string>("select pg_get_serial_sequence('mt_events', 'seq_id')")).ShouldBe("ws_default.mt_events_sequence");
        (await workspace.AskAsync<long>("select seqcache from pg_sequence where seqrelid = 'mt_events_sequence'::regclass")).ShouldBe(1);
    }

    [Fact]
    public async Task A_row_has_martens_values_where_the_engine_sets_none()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);

        (await workspace.RowsAsync("select seq_id, version, type, tenant_id, is_archived, bdata is null, mt_dotnet_type is null from mt_events"))
            .ShouldBe(["1 1 audience_registered *DEFAULT* False True True", "2 2 audience_key_published_v2 *DEFAULT* False True True"]);
        (await workspace.RowsAsync("select type, version, tenant_id, is_archived from mt_streams")).ShouldBe(["audience 2 *DEFAULT* False"]);
    }
}
