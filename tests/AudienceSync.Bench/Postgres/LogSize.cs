using System.Globalization;

namespace AudienceSync.Bench.Postgres;

/// <summary>What an event of the log takes on disk, in bytes, with indexes.</summary>
/// <param name="Events">Of mt_events.</param>
/// <param name="Streams">Of mt_streams.</param>
/// <param name="Bodies">Of the encrypted raw bodies.</param>
/// <param name="People">Of people, aliases and the vault, which are not part of the log.</param>
internal sealed record LogSize(double Events, double Streams, double Bodies, double People)
{
    private const string Sql = """
        select string_agg((bytes / greatest(1, events))::text, ' ' order by place) from (
          select count(*)::float8 as events from ws_default.mt_events) e
        cross join lateral (values
          (1, pg_total_relation_size('ws_default.mt_events')),
          (2, pg_total_relation_size('ws_default.mt_streams')),
          (3, (select coalesce(sum(pg_total_relation_size(i.inhrelid)), 0)::bigint from pg_inherits i
            where i.inhparent = 'ws_default.raw_bodies'::regclass)),
          (4, pg_total_relation_size('ws_default.people') + pg_total_relation_size('ws_default.person_aliases')
            + pg_total_relation_size('ws_default.vault')))
          as t(place, bytes)
        """;

    /// <summary>Of the log itself.</summary>
    public double PerEvent => Events + Streams + Bodies;

    public static async Task<LogSize> MeasureAsync(Cluster cluster, CancellationToken cancel)
    {
        double[] parts =
        [
            .. (await cluster.ScalarAsync<string>(Cluster.User, Sql, cancel))
                .Split(' ')
                .Select(part => double.Parse(part, CultureInfo.InvariantCulture)),
        ];
        return new LogSize(parts[0], parts[1], parts[2], parts[3]);
    }

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Events:N0} events, {Streams:N0} streams, {Bodies:N0} raw bodies; beside the log {People:N0} people"
        );
}
