using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Jobs;
using AudienceSync.Host.Sync.Lanes;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Host.Sync.Runs;

/// <summary>
/// Runs and deliveries, written in the transactions of the lanes, which hold the account's lease: a lane has one open run at most, so no
/// statement needs the run's number. The numbers of deliveries grow in commit order within an account, because an account has one writer.
/// </summary>
internal static class RunStore
{
    private const string IntentSql = """
        with opened as (
          insert into runs (binding_id, lane, cause, started_at, last_at, planned)
          select $1, $2, $3, $4, $4,
            array[case when $5 = 1 then $6 else 0 end, case when $5 = 2 then $6 else 0 end, case when $5 = 3 then $6 else 0 end]::bigint[]
          where not exists (select from runs r where r.binding_id = $1 and r.lane = $2 and r.ended_at is null))
        update runs set planned[$5] = planned[$5] + $7, last_at = $4 where binding_id = $1 and lane = $2 and ended_at is null
        """;

    private const string OutcomeSql = """
        with run as (
          update runs set calls = calls + $4, attempted[$3] = attempted[$3] + $5, accepted[$3] = accepted[$3] + $6,
            rejected[$3] = rejected[$3] + $7,
            last_at = $8, code = $10, ended_at = case when $9::smallint is not null then $8::timestamptz end,
            state = case when $9::smallint is null or $9::smallint = 4 then coalesce($9, state)
              when rejected[1] + rejected[2] + rejected[3] + $7 > 0 then 3 else 2 end
          where binding_id = $1 and lane = $2 and ended_at is null returning run_id)
        insert into deliveries (destination, binding_id, run_id, call_id, kind, outcome, code, at, people, results, codes)
        select $11, $1, (select run_id from run), case when $4 > 0 then currval('calls_call_id_seq') end, $3, $12, $13, $8, $14::uuid[],
          $15::text[], $16::smallint[]
        """;

    private const string EndSql = """
        update runs set ended_at = last_at, code = null, state = case when rejected[1] + rejected[2] + rejected[3] > 0 then 3 else 2 end
        where binding_id = $1 and lane = $2 and ended_at is null
        """;

    // Before the job's end is written into the ledger: whom the job holds is read from there.
    private const string JobSql = """
        insert into deliveries (destination, binding_id, run_id, call_id, job_id, kind, outcome, code, at, people, results, codes)
        select j.destination, j.binding_id, c.run_id, j.call_id, j.job_id, coalesce(c.kind, j.operation), $2, $3, $4, m.people, $5::text[],
          case when cardinality($5::text[]) > 1 then m.codes end
        from jobs j left join lateral (select r.run_id, r.kind from calls r where r.call_id = j.call_id limit 1) c on true
        cross join lateral (
          select array_agg(l.person order by l.job_row) as people,
            array_agg(coalesce(($7::smallint[])[array_position($6::int[], l.job_row)], 1::smallint) order by l.job_row) as codes
          from ledger l where l.job_id = $1) m
        where j.job_id = $1 and m.people is not null
        """;

    // What was accepted with the call is rejected or undone by the job.
    private const string JobRunSql = """
        with k as materialized (
          select c.run_id, coalesce(c.kind, c.operation)::int as kind from jobs j
          cross join lateral (select n.run_id, n.kind, n.operation from calls n where n.call_id = j.call_id limit 1) c where j.job_id = $1),
        n(rejected, moved) as (
          select array[case when k.kind = 1 then $2 else 0 end, case when k.kind = 2 then $2 else 0 end,
            case when k.kind = 3 then $2 else 0 end],
            array[case when k.kind = 1 then $2 + $3 else 0 end, case when k.kind = 2 then $2 + $3 else 0 end,
              case when k.kind = 3 then $2 + $3 else 0 end]
          from k)
        update runs r set
          rejected = array[r.rejected[1] + (select n.rejected[1] from n), r.rejected[2] + (select n.rejected[2] from n),
            r.rejected[3] + (select n.rejected[3] from n)],
          accepted = array[greatest(0, r.accepted[1] - (select n.moved[1] from n)), greatest(0, r.accepted[2] - (select n.moved[2] from n)),
            greatest(0, r.accepted[3] - (select n.moved[3] from n))],
          state = case when r.state = 2 and $2 > 0 then 3 else r.state end
        where r.run_id = (select k.run_id from k)
        """;

    /// <summary>Opens the lane's run if none is open, and counts what is planned.</summary>
    public static NpgsqlBatchCommand Intent(Binding binding, RunIntent intent, DateTimeOffset now) =>
        Sql.Command(
            IntentSql,
            Sql.Of(binding.BindingId),
            Sql.Of(intent.Lane.Number),
            Sql.Of((short)intent.Cause),
            Sql.Of(now),
            Sql.Of((int)intent.Kind),
            Sql.Of((long)intent.Members),
            Sql.Of((long)intent.Fresh)
        );

    /// <summary>The deliveries of a call and how long its removals took; or, without any, the end of the lane's run.</summary>
    public static IEnumerable<NpgsqlBatchCommand> Write(
        Binding binding,
        Lane lane,
        RunOutcome? outcome,
        bool ends,
        bool hasCall,
        DateTimeOffset now
    )
    {
        if (outcome is not null)
        {
            yield return Outcome(binding, outcome, hasCall, now);
            if (outcome.Measured.Count > 0)
            {
                yield return LatencyStore.Write(binding, outcome.Measured, now);
            }
        }
        else if (ends)
        {
            yield return End(binding, lane);
        }
    }

    private static NpgsqlBatchCommand Outcome(Binding binding, RunOutcome outcome, bool hasCall, DateTimeOffset now)
    {
        var row = outcome.Row;
        return Sql.Command(
            OutcomeSql,
            Sql.Of(binding.BindingId),
            Sql.Of(outcome.Lane.Number),
            Sql.Of((int)row.Kind),
            Sql.Of(hasCall ? 1 : 0),
            Sql.Of((long)outcome.Attempted),
            Sql.Of((long)row.Accepted),
            Sql.Of((long)row.Rejected),
            Sql.Of(now),
            OfNullable(outcome.Ending),
            Sql.OfNullable(outcome.Code),
            Sql.Of(binding.Destination),
            Sql.Of((short)row.Outcome.Kind),
            Sql.Of(row.Outcome.Code),
            Sql.Of(row.People),
            Sql.Of(row.Results),
            OfNullable(row.Codes)
        );
    }

    /// <summary>The lane has nothing left, after its last outcome.</summary>
    public static NpgsqlBatchCommand End(Binding binding, Lane lane) => Sql.Command(EndSql, Sql.Of(binding.BindingId), Sql.Of(lane.Number));

    /// <summary>The deliveries of a job that ends.</summary>
    /// <param name="job">The job.</param>
    /// <param name="state">How it ends.</param>
    /// <param name="report">What the platform reported.</param>
    /// <param name="now">When.</param>
    public static IEnumerable<NpgsqlBatchCommand> OfJob(OpenJob job, KeptJobState state, JobReport report, DateTimeOffset now)
    {
        var refused = Math.Max(report.RejectedCount, report.Rejected.Count);
        var isConfirmed = state == KeptJobState.Confirmed;
        var named = isConfirmed ? report.Rejected : [];
        var kind =
            !isConfirmed ? OutcomeKind.Retry
            : refused > 0 ? OutcomeKind.PartlyDone
            : OutcomeKind.Done;

        // Where only a number is reported, it may be any of the others.
        var results = new List<string>
        {
            isConfirmed && refused <= named.Count ? DeliveryResults.Confirmed : DeliveryResults.InDoubt(report.Code),
        };
        results.AddRange(named.Select(member => DeliveryResults.Rejected(member.Reason)).Distinct());
        var codes = named.Select(member => (short)(results.IndexOf(DeliveryResults.Rejected(member.Reason)) + 1)).ToList();
        yield return Sql.Command(
            JobSql,
            Sql.Of(job.JobId),
            Sql.Of((short)kind),
            Sql.Of(report.Code),
            Sql.Of(now),
            Sql.Of(results),
            Sql.Of(named.Select(member => member.Index).ToList()),
            Sql.Of(codes)
        );
        yield return Sql.Command(
            JobRunSql,
            Sql.Of(job.JobId),
            Sql.Of(isConfirmed ? (long)refused : 0L),
            Sql.Of(isConfirmed ? 0L : job.Members)
        );
    }

    private static NpgsqlParameter OfNullable(RunState? state) =>
        new() { Value = state is { } given ? (short)given : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Smallint };

    private static NpgsqlParameter OfNullable(List<short>? codes) =>
        new() { Value = codes is null ? DBNull.Value : codes, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint };
}
