using AudienceSync.Host.EventStore;
using AudienceSync.Host.Privacy;
using Npgsql;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>Adds the sealed bodies of a commit: those of reports to a table of their own, which is kept for another time.</summary>
internal sealed class BodyRowsSql(BodySeal seal)
{
    private DateOnly _bodiesDay;
    private DateOnly _reportsDay;

    /// <summary>Adds the rows, and before the first ones of a day its partition.</summary>
    /// <param name="commands">The batch of the commit.</param>
    /// <param name="rows">The commit's rows.</param>
    /// <param name="head">The last position before it.</param>
    /// <param name="now">The time of the commit.</param>
    public void AddTo(List<NpgsqlBatchCommand> commands, AppendColumnsSql rows, long head, DateTimeOffset now)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        if (day != _bodiesDay)
        {
            // Partitions are created ahead of time, but a host that was suspended for days can resume on a day without one, and every
            // request would be unstorable.
            _bodiesDay = day;
            commands.Add(Sql.Command(AppendSql.EnsureBodies, Sql.Of(day)));
        }

        commands.Add(Row(AppendSql.Bodies, rows, rows.Bodies.WrittenSpan, head, now));
        if (rows.Reports.WrittenCount == 0)
        {
            return;
        }

        if (day != _reportsDay)
        {
            _reportsDay = day;
            commands.Add(Sql.Command(AppendSql.EnsureReports, Sql.Of(day)));
        }

        commands.Add(Row(AppendSql.Reports, rows, rows.Reports.WrittenSpan, head, now));
    }

    /// <summary>The partitions of a batch that was rolled back do not exist.</summary>
    public void ForgetDays() => (_bodiesDay, _reportsDay) = (default, default);

    private NpgsqlBatchCommand Row(string sql, AppendColumnsSql rows, ReadOnlySpan<byte> box, long head, DateTimeOffset now) =>
        Sql.Command(
            sql,
            Sql.Of(now),
            Sql.Of(head + 1),
            Sql.Of(head + rows.EventIds.Count),
            Sql.Of(seal.KeyVersion),
            Sql.Of(seal.Seal(now, box))
        );
}
