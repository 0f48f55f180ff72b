namespace AudienceSync.Bench.Project;

/// <summary>
/// Statements of <c>./bench project</c>. The two that are compared with our loop write the same rows into tables like ours, set-based, and
/// read nothing first: the later of two times wins in the statement.
/// </summary>
internal static class ProjectionTables
{
    public const string DaemonSchema = "bench_daemon";

    /// <summary>The table of Marten's daemon.</summary>
    public const string Daemon = DaemonSchema + ".membership";

    /// <summary>The table of the SQL statement that serves as the limit.</summary>
    public const string Limit = "bench_limit";

    /// <summary>One page of the log, folded and written by the database itself; $1 and $2 are the first and the last position.</summary>
    public const string UpsertPage = $"""
        insert into {Limit} as t (key_id, person, added_at, removed_at, state, since_at, event_pos, changed_pos)
        select f.key_id, f.person, f.added_at, f.removed_at, case when f.removed_at >= f.added_at or f.added_at is null then 2 else 1 end,
          greatest(f.added_at, f.removed_at), f.event_pos, f.event_pos
        from (
          select k.key_id, e.stream_id as person, max(e.seq_id) as event_pos,
            max((e.data ->> 'occurredAt')::timestamptz) filter (where e.type = 'audience_member_added') as added_at,
            max((e.data ->> 'occurredAt')::timestamptz) filter (where e.type = 'audience_member_removed') as removed_at
          from mt_events e join audience_keys k on k.audience_key = e.data ->> 'audienceKey' where e.seq_id between $1 and $2
            group by 1, 2) f
        {OnConflict}
        """;

    /// <summary>The end of both upserts: t is the table.</summary>
    public const string OnConflict = """
        on conflict (key_id, person) do update set added_at = greatest(t.added_at, excluded.added_at),
          removed_at = greatest(t.removed_at, excluded.removed_at),
          state = case when greatest(t.removed_at, excluded.removed_at) >= greatest(t.added_at, excluded.added_at)
            or greatest(t.added_at, excluded.added_at) is null then 2 else 1 end,
          since_at = greatest(t.added_at, excluded.added_at, t.removed_at, excluded.removed_at),
          event_pos = excluded.event_pos, changed_pos = excluded.changed_pos
        """;

    /// <summary>The rows of a table that are not those of our loop, by what all three compute.</summary>
    public static string Different(string table) =>
        $"""
            select count(*) from membership m full join {table} t on t.key_id = m.key_id and t.person = m.person
            where (m.key_id, m.added_at, m.removed_at, m.state) is distinct from (t.key_id, t.added_at, t.removed_at, t.state)
            """;
}
