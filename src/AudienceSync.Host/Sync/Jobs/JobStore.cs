using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Runs;
using Npgsql;

namespace AudienceSync.Host.Sync.Jobs;

/// <summary>
/// Accepted jobs, and what their end means for the ledger. Every write is one transaction that holds the account's lease.
/// </summary>
public sealed class JobStore(WorkspaceDatabase database)
{
    private const string DueSql = """
        select job_id, binding_id, operation, handle, members, polls, accepted_at from jobs
        where destination = $1 and state = 1 and next_poll_at <= $2 order by next_poll_at, job_id limit $3
        """;

    private const string AcceptSql = """
        insert into jobs (binding_id, destination, call_id, operation, handle, members, accepted_at, next_poll_at)
        values ($1, $2, currval('calls_call_id_seq'), $3, $4, $5, $6, $7)
        """;

    private const string LookSql = "update jobs set polls = polls + 1, code = $2, next_poll_at = $3 where job_id = $1";

    private const string EndSql = """
        update jobs set state = $2, code = $3, refused = $4, ended_at = $5, polls = polls + 1 where job_id = $1
        """;

    private const string CallSql =
        "update calls set refused = refused + $2 where call_id = (select j.call_id from jobs j where j.job_id = $1)";

    // Refused by name: a member to be added is not there, a member to be removed may still be.
    private const string NamedSql = """
        update ledger l set status = case l.status when 2 then 4 else 3 end, reason = d.reason, job_id = null, job_row = null,
          job_tries = 0, updated_at = $4
        from (select * from unnest($2::int[], $3::text[]) limit cardinality($2)) as d(job_row, reason)
          where l.job_id = $1 and l.job_row = d.job_row
        """;

    // Where only a number is reported, any of those that were to be removed may still be there.
    private const string ConfirmSql = """
        update ledger set job_id = null, job_row = null, job_tries = 0, status = case when $2::text is not null and status = 0 then 3
          else status end,
          reason = coalesce($2, reason), updated_at = $3
        where job_id = $1
        """;

    // In doubt from now on, whatever was sent; processed again once, and after that only when the member changes or an operator requests
    // it.
    private const string DoubtSql = """
        update ledger set status = $2, redeliver = redeliver or ($3 and job_tries = 0), job_tries = job_tries + 1, job_id = null,
          job_row = null,
          reason = $4, updated_at = $5
        where job_id = $1
        """;

    private const string TriedSql = "select count(*) from ledger where job_id = $1 and job_tries > 0";

    public async Task<List<OpenJob>> ReadDueAsync(string destination, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var jobs = new List<OpenJob>();
        await using var command = Sql.Command(database.Hot, DueSql, Sql.Of(destination), Sql.Of(now), Sql.Of(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            jobs.Add(
                new OpenJob(
                    reader.GetInt64(0),
                    reader.GetInt32(1),
                    (MemberOperation)reader.GetInt16(2),
                    new JobHandle(reader.GetString(3)),
                    reader.GetInt32(4),
                    reader.GetInt32(5),
                    reader.GetFieldValue<DateTimeOffset>(6)
                )
            );
        }

        return jobs;
    }

    /// <summary>Members of a job that were in a failed one before, and will not be resent automatically.</summary>
    public async Task<long> CountTriedAsync(OpenJob job, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, TriedSql, Sql.Of(job.JobId));
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task WritePollAsync(Lease lease, OpenJob job, string code, DateTimeOffset nextLookAt, CancellationToken cancellationToken) =>
        WriteAsync(lease, [Sql.Command(LookSql, Sql.Of(job.JobId), Sql.Of(code), Sql.Of(nextLookAt))], cancellationToken);

    /// <summary>The job did its work, except for the rows that were refused.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task WriteConfirmedAsync(Lease lease, OpenJob job, JobReport report, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var refused = Math.Max(report.RejectedCount, report.Rejected.Count);
        var commands = End(job, KeptJobState.Confirmed, report, refused, now);
        if (report.Rejected.Count > 0)
        {
            commands.Add(
                Sql.Command(
                    NamedSql,
                    Sql.Of(job.JobId),
                    Sql.Of(report.Rejected.Select(row => row.Index).ToList()),
                    Sql.Of(report.Rejected.Select(row => row.Reason).ToList()),
                    Sql.Of(now)
                )
            );
        }

        // The platform does not report which members it refused, only how many: each of them keeps the reason, none is taken for absent.
        var reason = refused > report.Rejected.Count ? report.Code : null;
        commands.Add(Sql.Command(ConfirmSql, Sql.Of(job.JobId), Sql.OfNullable(reason), Sql.Of(now)));
        return WriteAsync(lease, commands, cancellationToken);
    }

    /// <summary>The state of the job's members is no longer known.</summary>
    /// <param name="lease">Of the account.</param>
    /// <param name="job">The job.</param>
    /// <param name="state">Failed or lost: members that were in no such job before are sent again. Parked: none is.</param>
    /// <param name="report">Why.</param>
    /// <param name="now">The time of the response.</param>
    /// <param name="cancellationToken">Cancels the write.</param>
    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public Task WriteDoubtAsync(
        Lease lease,
        OpenJob job,
        KeptJobState state,
        JobReport report,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var commands = End(job, state, report, report.RejectedCount, now);
        var status = job.Operation == MemberOperation.Add ? LedgerStatus.Adding : LedgerStatus.Removing;
        commands.Add(
            Sql.Command(
                DoubtSql,
                Sql.Of(job.JobId),
                Sql.Of((short)status),
                Sql.Of(state != KeptJobState.Parked),
                Sql.Of(report.Code),
                Sql.Of(now)
            )
        );
        return WriteAsync(lease, commands, cancellationToken);
    }

    /// <summary>To be run in a transaction that holds the account's lease, after the call was written.</summary>
    internal static NpgsqlBatchCommand Accept(Binding binding, CallRecord call, AcceptedJob job, DateTimeOffset now) =>
        Sql.Command(
            AcceptSql,
            Sql.Of(binding.BindingId),
            Sql.Of(binding.Destination),
            Sql.Of((short)call.Operation),
            Sql.Of(job.Handle.Value),
            Sql.Of(call.Members),
            Sql.Of(now),
            Sql.Of(job.FirstPollAt)
        );

    // Jobs end in any order, so a removal may have taken what another member was given in the meantime, or shares.
    private static List<NpgsqlBatchCommand> End(OpenJob job, KeptJobState state, JobReport report, int refused, DateTimeOffset now) =>
        [
            .. RunStore.OfJob(job, state, report, now),
            .. job.Operation == MemberOperation.Remove && state == KeptJobState.Confirmed ? new[] { LatencyStore.OfJob(job, now) } : [],
            .. job.Operation == MemberOperation.Remove ? new[] { HolderStore.RedeliverOfJob(job) } : [],
            Sql.Command(EndSql, Sql.Of(job.JobId), Sql.Of((short)state), Sql.Of(report.Code), Sql.Of(refused), Sql.Of(now)),
            Sql.Command(CallSql, Sql.Of(job.JobId), Sql.Of(refused)),
        ];

    private async Task WriteAsync(Lease lease, IReadOnlyList<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(connection, lease, commands, cancellationToken);
    }
}
