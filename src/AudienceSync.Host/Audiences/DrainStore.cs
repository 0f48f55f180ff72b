using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Membership;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Audiences;

/// <summary>A drain as it is shown.</summary>
/// <param name="AudienceKey">The version.</param>
/// <param name="LateEvents">Where its events go.</param>
/// <param name="SincePosition">The cutover that began it.</param>
/// <param name="Since">When.</param>
/// <param name="Until">Null while it drains.</param>
/// <param name="Kept">Late adds and removes that counted for it.</param>
/// <param name="LastAt">When the last of them was recorded.</param>
/// <param name="Quarantined">Events of it that wait in quarantine because it drains.</param>
public sealed record ShownDrain(
    string AudienceKey,
    LateEvents LateEvents,
    long SincePosition,
    DateTimeOffset Since,
    DateTimeOffset? Until,
    long Kept,
    DateTimeOffset? LastAt,
    long Quarantined
);

/// <summary>
/// Versions that drain. A row is opened and closed in the transaction of the cutover, and counted up by the projector in the transaction of
/// its page, so each late event counts once however often either process is killed.
/// </summary>
public sealed class DrainStore(WorkspaceDatabase database)
{
    private const string OpenSql = "select drain_id, key_id, since_pos, until_pos from drains where until_pos is null or until_pos > $1";

    private const string AddSql = """
        update drains d set late_events = d.late_events + x.events, last_at = greatest(d.last_at, x.last_at)
        from unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) as x(drain_id, events, last_at) where d.drain_id = x.drain_id
        """;

    // Counts a part of the log, event by event: for the few events that the projector will not reach. One index lookup in the log for each
    // drain, so that the log is not read where nothing drains.
    private const string AddBetweenSql = """
        update drains d set late_events = d.late_events + x.events, last_at = greatest(d.last_at, x.last_at)
        from (
          select o.drain_id, c.events, c.last_at from drains o join audience_keys k on k.key_id = o.key_id
          cross join lateral (
            select count(*) as events, max(e.timestamp) as last_at from mt_events e
            where e.seq_id > greatest(o.since_pos, $1) and e.seq_id <= least(coalesce(o.until_pos, $2), $2)
              and e.type in ('audience_member_added', 'audience_member_removed') and e.data ->> 'audienceKey' = k.audience_key) c
          where (o.until_pos is null or o.until_pos > $1) and c.events > 0) x
        where x.drain_id = d.drain_id
        """;

    private const string ShowSql = """
        select k.audience_key, d.policy, d.since_pos, d.since_at, d.until_at, d.late_events, d.last_at,
          (select count(*) from quarantine q where q.state = 1 and q.reason = 'draining_audience_key' and q.audience_key = k.audience_key
            and d.until_pos is null)
        from drains d join audience_keys k on k.key_id = d.key_id where k.audience = $1 order by d.drain_id
        """;

    /// <summary>Drains that reach beyond a position.</summary>
    public async Task<IReadOnlyList<Drain>> ReadAsync(Position after, CancellationToken cancellationToken)
    {
        var drains = new List<Drain>();
        await using var command = Sql.Command(database.Query, OpenSql, Sql.Of(after.Value));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            drains.Add(
                new Drain(
                    reader.GetInt64(0),
                    reader.GetInt32(1),
                    new Position(reader.GetInt64(2)),
                    reader.IsDBNull(3) ? null : new Position(reader.GetInt64(3))
                )
            );
        }

        return drains;
    }

    /// <summary>All drains of an audience, past ones too, in the order in which they began.</summary>
    public async Task<IReadOnlyList<ShownDrain>> ShowAsync(string audience, CancellationToken cancellationToken)
    {
        var drains = new List<ShownDrain>();
        await using var command = Sql.Command(database.Query, ShowSql, Sql.Of(audience));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            drains.Add(
                new ShownDrain(
                    reader.GetString(0),
                    (LateEvents)reader.GetInt16(1),
                    reader.GetInt64(2),
                    new DateTimeOffset(reader.GetDateTime(3)),
                    reader.TimeOrNull(4),
                    reader.GetInt64(5),
                    reader.TimeOrNull(6),
                    reader.GetInt64(7)
                )
            );
        }

        return drains;
    }

    internal static NpgsqlBatchCommand AddBetween(Position after, Position last) =>
        Sql.Command(AddBetweenSql, Sql.Of(after.Value), Sql.Of(last.Value));

    internal static NpgsqlBatchCommand Add(IReadOnlyCollection<LateCount> counts) =>
        Sql.Command(
            AddSql,
            Sql.Of(counts.Select(count => count.DrainId).ToList()),
            Sql.Of(counts.Select(count => (long)count.Events).ToList()),
            Sql.OfTimes(counts.Select(count => count.LastAt.UtcDateTime).ToList())
        );
}
