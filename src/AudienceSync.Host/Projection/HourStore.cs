using AudienceSync.Domain.History;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Projection;

/// <summary>One hour of a key.</summary>
/// <param name="Hour">Start of the hour.</param>
/// <param name="Adds">People that entered by an add.</param>
/// <param name="Removes">People that left by a remove.</param>
/// <param name="Expiries">People whose window ended.</param>
/// <param name="Joined">Decrease because two people turned out to be one.</param>
/// <param name="Size">People at the end of the hour, including restricted ones.</param>
public sealed record KeyHour(DateTimeOffset Hour, long Adds, long Removes, long Expiries, long Joined, long Size);

/// <summary>Hourly adds, removes and expiries of a key. Written only by the projector, in the transaction of its page.</summary>
public sealed class HourStore(WorkspaceDatabase database)
{
    private const string AddSql = """
        insert into key_hours (key_id, hour, adds, removes, expiries, joined)
        select d.* from unnest($1::int[], $2::timestamptz[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) as d
        on conflict (key_id, hour) do update set adds = key_hours.adds + excluded.adds, removes = key_hours.removes + excluded.removes,
          expiries = key_hours.expiries + excluded.expiries, joined = key_hours.joined + excluded.joined
        """;

    // Corrects the sizes to match the rows, in the current hour, and the windows that end after it. The rows are counted only once, because
    // the swap that waits for this blocks the projector.
    private const string BalanceSql = $"""
        with this as (select date_trunc('hour', $1, 'UTC') as hour),
        counted as materialized (
          select m.key_id, date_trunc('hour', m.until_at, 'UTC') as hour, count(*) as people
          from membership m where m.state {TargetingSql.Listed} group by 1, 2),
        sizes as (
          select c.key_id, sum(c.people)::bigint as people from counted c, this t where c.hour is null or c.hour > t.hour
            group by c.key_id),
        hourly as (
          select h.key_id, sum(h.adds - h.removes - h.expiries - h.joined)::bigint as people from key_hours h, this t where h.hour <= t.hour
            group by h.key_id),
        balanced as (
          insert into key_hours (key_id, hour, joined)
          select k.key_id, t.hour, coalesce(b.people, 0) - coalesce(s.people, 0) from this t cross join audience_keys k
          left join hourly b on b.key_id = k.key_id left join sizes s on s.key_id = k.key_id
          where coalesce(b.people, 0) <> coalesce(s.people, 0)
          on conflict (key_id, hour) do update set joined = key_hours.joined + excluded.joined),
        gone as (
          update key_hours h set expiries = 0 from this t where h.hour > t.hour
            and not exists (select from counted c where c.key_id = h.key_id and c.hour = h.hour))
        insert into key_hours (key_id, hour, expiries) select c.key_id, c.hour, c.people from counted c, this t where c.hour > t.hour
        on conflict (key_id, hour) do update set expiries = excluded.expiries
        """;

    private const string ReadSql = """
        select h.hour, h.adds, h.removes, h.expiries, h.joined, h.size from (
          select k.*, (sum(k.adds - k.removes - k.expiries - k.joined) over (order by k.hour))::bigint as size
          from key_hours k where k.key_id = $1 and k.hour < $3) h
        where h.hour >= $2 order by h.hour
        """;

    /// <summary>The hours with changes, from one time up to another.</summary>
    public async Task<IReadOnlyList<KeyHour>> ReadAsync(
        int keyId,
        DateTimeOffset from,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        var hours = new List<KeyHour>();
        await using var command = Sql.Command(database.Query, ReadSql, Sql.Of(keyId), Sql.Of(from), Sql.Of(until));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            hours.Add(
                new KeyHour(
                    new DateTimeOffset(reader.GetDateTime(0)),
                    reader.GetInt64(1),
                    reader.GetInt64(2),
                    reader.GetInt64(3),
                    reader.GetInt64(4),
                    reader.GetInt64(5)
                )
            );
        }

        return hours;
    }

    /// <summary>Sets the sizes to the number of membership rows, where the counts cannot provide them.</summary>
    internal static NpgsqlBatchCommand Balance(DateTimeOffset now) => Sql.Command(BalanceSql, Sql.Of(now));

    internal static NpgsqlBatchCommand Add(IReadOnlyCollection<(int KeyId, DateTimeOffset Hour, HourChange Change)> changes) =>
        Sql.Command(
            AddSql,
            Sql.Of(changes.Select(one => one.KeyId).ToList()),
            Sql.OfTimes(changes.Select(one => one.Hour.UtcDateTime).ToList()),
            Sql.Of(changes.Select(one => (long)one.Change.Adds).ToList()),
            Sql.Of(changes.Select(one => (long)one.Change.Removes).ToList()),
            Sql.Of(changes.Select(one => (long)one.Change.Expiries).ToList()),
            Sql.Of(changes.Select(one => (long)one.Change.Joined).ToList())
        );
}
