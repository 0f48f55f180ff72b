using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Jobs;
using Npgsql;

namespace AudienceSync.Host.Sync.Runs;

/// <summary>
/// Counts how long removals took, by destination and ten minutes: from the time a removal's webhook was accepted, or a window ended, to the
/// platform's acknowledgement. Not those for another reason (consent, suppression, a key cutover).
/// </summary>
internal static class LatencyStore
{
    /// <summary>The upper bound of the first bucket.</summary>
    public const double FirstS = 0.01;

    /// <summary>The upper bound of a bucket, divided by that of the bucket before it.</summary>
    public const double Step = 1.1;

    /// <summary>Members of one call that are measured; of more, an even share.</summary>
    private const int Sample = 1_000;

    private const string Counted = $"""
        cross join lateral (
          select case when r.state = 2 then (select e.timestamp from mt_events e where e.seq_id = r.event_pos) else r.since_at end as since
          from membership r where r.key_id = d.key_id and r.person = d.person and r.state {TargetingSql.Ended} limit 1) m
        cross join lateral (
          select least(300, greatest(0, ceil(ln(greatest(extract(epoch from $2::timestamptz - m.since)::float8,
            0.01) / 0.01) / ln(1.1::float8))))::smallint as bucket) b
        where m.since is not null group by d.destination, b.bucket
        on conflict (destination, slot, bucket) do update set removals = removal_latencies.removals + excluded.removals
        """;

    private const string Counts = """
        removal_latencies (destination, slot, bucket, removals)
        select d.destination, date_bin('10 minutes', $2::timestamptz, timestamptz '2000-01-01 00:00:00Z'), b.bucket, count(*)
        from
        """;

    private const string WriteSql = $"""
        insert into {Counts} (select $1::text as destination, $3::int as key_id, u.person from unnest($4::uuid[]) as u(person)
          limit cardinality($4)) as d
        {Counted}
        """;

    private const string JobSql = $"""
        insert into {Counts} (
          select b.destination, b.key_id, l.person from ledger l
          cross join lateral (select r.destination, r.key_id from bindings r where r.binding_id = l.binding_id limit 1) b
          where l.job_id = $1 and l.status = 0 limit 1000) as d
        {Counted}
        """;

    public static NpgsqlBatchCommand Write(Binding binding, IReadOnlyList<Guid> people, DateTimeOffset now)
    {
        var step = ((people.Count - 1) / Sample) + 1;
        return Sql.Command(
            WriteSql,
            Sql.Of(binding.Destination),
            Sql.Of(now),
            Sql.Of(binding.KeyId),
            Sql.Of(people.Where((_, index) => index % step == 0).ToList())
        );
    }

    /// <summary>Of a job that removed members and is confirmed; before its end is written into the ledger.</summary>
    public static NpgsqlBatchCommand OfJob(OpenJob job, DateTimeOffset now) => Sql.Command(JobSql, Sql.Of(job.JobId), Sql.Of(now));

    /// <summary>The upper bound of a bucket.</summary>
    public static double SecondsOf(short bucket) => FirstS * Math.Pow(Step, bucket);
}
