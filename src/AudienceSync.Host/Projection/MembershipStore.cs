using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using Npgsql;

namespace AudienceSync.Host.Projection;

/// <summary>
/// Reads the log for the projector and writes the folded result: rows, cursor and counts in one transaction that holds the projector's
/// lease. So the projection is exactly once with its cursor: either both moved, or neither. The reads need no transaction: the log is
/// append-only, and no other writer may change these rows while the lease holds, which the write verifies.
/// </summary>
public sealed class MembershipStore(WorkspaceDatabase database)
{
    public const string Projection = "membership:All";

    private const string ProgressSql = """
        select p.last_seq_id, c.changed_pos, c.applied, c.superseded
        from mt_event_progression p join projection_counts c on c.name = p.name where p.name = $1
        """;

    private const string Columns =
        "m.key_id, m.person, m.added_at, m.removed_at, m.state, m.since_at, m.until_at, m.event_pos, m.changed_pos, m.restrictions, "
        + "m.restricted_at";

    private const string RowsSql = $"""
        select {Columns} from unnest($1::int[], $2::uuid[]) as d(key_id, person)
        cross join lateral (select r.* from membership r where r.key_id = d.key_id and r.person = d.person limit 1) m
        """;

    // One probe per person and key. The limit, which changes nothing, keeps the planner from reading a whole key and joining afterwards.
    private const string PeopleSql = $"""
        select {Columns} from unnest($1::uuid[]) as d(person) cross join audience_keys k
        cross join lateral (select r.* from membership r where r.key_id = k.key_id and r.person = d.person limit 1) m
        """;

    private const string KeyRowsSql = $"""
        select {Columns} from membership m where m.key_id = $1 and m.person > $2 order by m.person limit $3
        """;

    private const string AnyLinkSql = "select exists (select from person_links)";

    private const string GroupsSql = """
        with recursive up(person) as (
          select x.person from unnest($1::uuid[]) as x(person)
          union
          select l.owner from up cross join lateral (select r.owner from person_links r where r.person = up.person limit 1) l),
        down(person) as (
          select up.person from up union
          select l.person from down cross join lateral (select r.person from person_links r where r.owner = down.person offset 0) l)
        select down.person, l.owner from down cross join lateral (select r.owner from person_links r where r.person = down.person limit 1) l
        """;

    private const string LinksSql = """
        insert into person_links (person, owner) select d.* from unnest($1::uuid[], $2::uuid[]) as d
        on conflict (person) do update set owner = excluded.owner
        """;

    private const string ExpiredSql = $"""
        select {Columns} from membership m where m.state {TargetingSql.Listed} and m.until_at <= $1 order by m.until_at limit $2
        """;

    private const string InsertSql = """
        insert into membership (key_id, person, added_at, removed_at, state, since_at, until_at, event_pos, changed_pos, restrictions,
          restricted_at)
        select d.key_id, d.person, d.added_at, d.removed_at, d.state, d.since_at, d.until_at, d.event_pos, d.changed_pos, d.restrictions,
          string_to_array(d.restricted_at, E'\x1f')
        from unnest($1::int[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::smallint[], $6::timestamptz[], $7::timestamptz[],
          $8::bigint[], $9::bigint[], $10::smallint[], $11::text[])
          as d(key_id, person, added_at, removed_at, state, since_at, until_at, event_pos, changed_pos, restrictions, restricted_at)
        """;

    private const string UpsertSql =
        InsertSql
        + """

            on conflict (key_id, person) do update set added_at = excluded.added_at, removed_at = excluded.removed_at,
              state = excluded.state,
              since_at = excluded.since_at, until_at = excluded.until_at, event_pos = excluded.event_pos,
                changed_pos = excluded.changed_pos,
              restrictions = excluded.restrictions, restricted_at = excluded.restricted_at
            """;

    private const string CursorSql = "update mt_event_progression set last_seq_id = $2, last_updated = now() where name = $1";

    private const string CountsSql = "update projection_counts set changed_pos = $2, applied = $3, superseded = $4 where name = $1";

    internal string Workspace => database.Workspace.Value;

    public async Task<ProjectionProgress> ReadProgressAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, ProgressSql, Sql.Of(Projection));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ProjectionProgress(new Position(reader.GetInt64(0)), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    public Task ReadEventsAsync(Position after, int limit, List<LogEvent> events, CancellationToken cancellationToken) =>
        LogPageQueries.ReadAsync(database.Hot, after, limit, events, cancellationToken);

    public Task<List<MembershipRow>> ReadRowsAsync(List<int> keyIds, List<Guid> people, CancellationToken cancellationToken) =>
        ReadAsync(RowsSql, [Sql.Of(keyIds), Sql.Of(people)], cancellationToken);

    public Task<List<MembershipRow>> ReadRowsOfAsync(List<Guid> people, CancellationToken cancellationToken) =>
        ReadAsync(PeopleSql, [Sql.Of(people)], cancellationToken);

    /// <summary>Rows of a key in the order of their people, after one.</summary>
    public Task<List<MembershipRow>> ReadKeyAsync(int keyId, Guid after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(KeyRowsSql, [Sql.Of(keyId), Sql.Of(after), Sql.Of(limit)], cancellationToken);

    /// <summary>Whether any person is linked.</summary>
    public async Task<bool> HasLinksAsync(CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, AnyLinkSql);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Every link among the given people and those linked to them, up to their roots and down to the last anchor.</summary>
    public async Task<Dictionary<PersonId, PersonId>> ReadGroupsAsync(List<Guid> people, CancellationToken cancellationToken)
    {
        var links = new Dictionary<PersonId, PersonId>();
        await using var command = Sql.Command(database.Hot, GroupsSql, Sql.Of(people));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            links[new PersonId(reader.GetGuid(0))] = new PersonId(reader.GetGuid(1));
        }

        return links;
    }

    /// <summary>Present rows whose window has passed, the oldest first.</summary>
    public Task<List<MembershipRow>> ReadExpiredAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        ReadAsync(ExpiredSql, [Sql.Of(now), Sql.Of(limit)], cancellationToken);

    /// <exception cref="LeaseLostException">Another Host is the projector now; nothing was written.</exception>
    public async Task WriteAsync(Lease lease, ProjectedPage page, ProjectionProgress progress, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        var commands = new List<NpgsqlBatchCommand>(6);
        Add(commands, InsertSql, [.. page.Rows.Where(row => row.IsNew)]);
        Add(commands, UpsertSql, [.. page.Rows.Where(row => !row.IsNew)]);

        if (page.Links.Count > 0)
        {
            commands.Add(
                Sql.Command(
                    LinksSql,
                    Sql.Of(page.Links.Keys.Select(person => person.Value).ToList()),
                    Sql.Of(page.Links.Values.Select(owner => owner.Value).ToList())
                )
            );
        }

        if (page.Inherited is { } inherited)
        {
            commands.Add(InheritStore.Write(inherited));
        }

        if (page.Assigned is { } assigned)
        {
            commands.Add(HoldoutStore.Write(assigned));
        }

        if (page.Permissions.Count > 0)
        {
            commands.Add(PermissionStore.Upsert(page.Permissions));
        }

        if (page.Hours.Count > 0)
        {
            commands.Add(HourStore.Add(page.Hours));
        }

        if (page.Late.Count > 0)
        {
            commands.Add(DrainStore.Add(page.Late));
        }

        commands.Add(Sql.Command(CursorSql, Sql.Of(Projection), Sql.Of(progress.Position.Value)));
        commands.Add(
            Sql.Command(CountsSql, Sql.Of(Projection), Sql.Of(progress.ChangedPos), Sql.Of(progress.Applied), Sql.Of(progress.Superseded))
        );
        await LeaseStore.WriteAsync(connection, lease, commands, cancellationToken);
    }

    private static void Add(List<NpgsqlBatchCommand> commands, string sql, List<MembershipRow> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var columns = new MembershipSql(rows.Count);
        foreach (var row in rows)
        {
            columns.Add(row);
        }

        commands.Add(Sql.Command(sql, columns.Parameters()));
    }

    private async Task<List<MembershipRow>> ReadAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var rows = new List<MembershipRow>();
        await using var command = Sql.Command(database.Hot, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(
                new MembershipRow(
                    reader.GetInt32(0),
                    new PersonId(reader.GetGuid(1)),
                    new MembershipState(reader.TimeOrNull(2), reader.TimeOrNull(3)),
                    (MembershipStatus)reader.GetInt16(4),
                    reader.GetFieldValue<DateTimeOffset>(5),
                    reader.TimeOrNull(6),
                    reader.GetInt64(7),
                    reader.GetInt64(8)
                )
                {
                    Restrictions = (TargetingRestrictions)reader.GetInt16(9),
                    RestrictedAt = reader.IsDBNull(10) ? null : reader.GetFieldValue<string[]>(10),
                }
            );
        }

        return rows;
    }
}
