using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Maintenance;

/// <summary>
/// Removes records that ended and are older than their retention. What is still open stays whatever its age: a quarantined event that
/// nobody has released or discarded may be a removal, a job that runs or is parked decides about members, and a call may be the one that an
/// erasure has yet to name in its receipt.
/// </summary>
public sealed class RetentionStore(WorkspaceDatabase database)
{
    /// <summary>Rows of one statement, so that no lock is held for long.</summary>
    internal int BatchRows { get; init; } = 1_000;

    private const string CallsSql = """
        delete from calls where call_id in (
          select c.call_id from calls c
          where c.sent_at < least($1, (select min(e.asked_at) from erasures e where e.state = 1))
            and not exists (select from jobs j where j.call_id = c.call_id)
          order by c.sent_at limit $2)
        """;

    private const string JobsSql = """
        delete from jobs where job_id in (
          select j.job_id from jobs j
          where j.ended_at < $1 and j.state in (2, 3, 4) and not exists (select from ledger l where l.job_id = j.job_id)
          order by j.ended_at limit $2)
        """;

    private const string QuarantineSql = """
        delete from quarantine where id in (
          select q.id from quarantine q where q.last_seen_at < $1 and q.state <> 1 order by q.last_seen_at limit $2)
        """;

    private const string FeedbackSql = """
        with old as (select s.source, s.stream, s.from_pos from feedback_sends s
          where s.opened_at < $1 and s.state <> 1 order by s.opened_at limit $2)
        delete from feedback_sends s using old o where s.source = o.source and s.stream = o.stream and s.from_pos = o.from_pos
        """;

    private const string StepsSql = """
        delete from feedback_steps where step_id in (
          select s.step_id from feedback_steps s where s.recorded_at < $1 order by s.step_id limit $2)
        """;

    private const string ExposuresSql = """
        delete from exposure_log where position in (
          select l.position from exposure_log l
          where l.position <= (select max(d.last_position) from exposure_days d where d.day < ($1::timestamptz at time zone 'UTC')::date)
          order by l.position limit $2)
        """;

    // Those of which rows are left stay.
    private const string ExposureDaysSql = """
        delete from exposure_days where day in (
          select d.day from exposure_days d
          where d.day < ($1::timestamptz at time zone 'UTC')::date
            and d.last_position < coalesce((select min(l.position) from exposure_log l), d.last_position + 1)
          order by d.day limit $2)
        """;

    private const string SpellsSql = """
        with old as (
          select p.spell_id from exposure_periods p where p.closed_at < $1
          order by p.closed_at limit $2),
        sends as (delete from exposure_sends s using old where s.spell_id = old.spell_id)
        delete from exposure_periods p using old where p.spell_id = old.spell_id
        """;

    private const string TraitsSql = """
        with gone as (select t.source, t.person from feedback_traits t
          where t.at < $1 and not exists (select from people p where p.person = t.person) limit $2)
        delete from feedback_traits t using gone g where t.source = g.source and t.person = g.person
        """;

    private const string NoticesSql = """
        delete from alert_notices where notice_id in (
          select n.notice_id from alert_notices n
          where n.at < $1 and not exists (select from alert_sends s where s.notice_id = n.notice_id and s.state = 1)
          order by n.at limit $2)
        """;

    private const string SourceDaysSql = """
        delete from source_days where (day, source, code) in (
          select d.day, d.source, d.code from source_days d where d.day < ($1::timestamptz at time zone 'UTC')::date
          order by d.day limit $2)
        """;

    private const string ReadingsSql = """
        delete from platform_readings where (binding_id, read_at) in (
          select r.binding_id, r.read_at from platform_readings r where r.read_at < $1 order by r.read_at limit $2)
        """;

    /// <returns>The number of removed calls.</returns>
    public Task<long> RemoveCallsAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        RemoveAsync(CallsSql, before, cancellationToken);

    /// <returns>The number of removed jobs.</returns>
    public Task<long> RemoveJobsAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        RemoveAsync(JobsSql, before, cancellationToken);

    /// <returns>The number of removed entries.</returns>
    public Task<long> RemoveQuarantinedAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        RemoveAsync(QuarantineSql, before, cancellationToken);

    /// <summary>Notices that people were sent, with the answers of the channels.</summary>
    public Task RemoveNoticesAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        RemoveAsync(NoticesSql, before, cancellationToken);

    /// <summary>Counts of sources by day.</summary>
    public Task RemoveSourceDaysAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        RemoveAsync(SourceDaysSql, before, cancellationToken);

    /// <summary>What platforms reported of remote audiences.</summary>
    public Task RemoveReadingsAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        RemoveAsync(ReadingsSql, before, cancellationToken);

    /// <summary>Pages of feedback that ended: for so long they are shown, and dead ones can be replayed.</summary>
    public Task RemoveFeedbackAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        RemoveAsync(FeedbackSql, before, cancellationToken);

    /// <summary>Steps, which nobody reports any more where feedback is not configured.</summary>
    public Task RemoveStepsAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        RemoveAsync(StepsSql, before, cancellationToken);

    /// <summary>Rows of the exposure log, days of which no row is left, and spells that ended.</summary>
    public async Task RemoveExposuresAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await RemoveAsync(ExposuresSql, before, cancellationToken);
        await RemoveAsync(ExposureDaysSql, before, cancellationToken);
        await RemoveAsync(SpellsSql, before, cancellationToken);
    }

    /// <summary>What was accepted of the traits of people who are gone.</summary>
    public Task RemoveTraitsOfNobodyAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        RemoveAsync(TraitsSql, before, cancellationToken);

    private async Task<long> RemoveAsync(string sql, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var removed = 0L;
        while (true)
        {
            await using var command = Sql.Command(database.Query, sql, Sql.Of(before), Sql.Of(BatchRows));
            var rows = await command.ExecuteNonQueryAsync(cancellationToken);
            removed += rows;
            if (rows < BatchRows)
            {
                return removed;
            }
        }
    }
}
