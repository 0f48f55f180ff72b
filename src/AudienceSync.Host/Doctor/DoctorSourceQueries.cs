using AudienceSync.Domain.Doctor;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Doctor;

/// <summary>Reads what came of the sources lately: counts by day and hour, and what waits in quarantine.</summary>
internal sealed class DoctorSourceQueries(WorkspaceDatabase database, DoctorScene scene)
{
    /// <summary>Entries of the quarantine that are looked at, the latest first.</summary>
    private const int MostHeld = 100_000;

    private const string EventsSql = """
        select f.source, sum(f.events)::bigint from alert_flows f where f.hour > $1::timestamptz - $2::interval group by f.source
        """;

    private const string WarningsSql = """
        select d.source, d.code, sum(d.events)::bigint, count(*)::int, max(d.day) from source_days d
        where d.day > (($1::timestamptz - $2::interval) at time zone 'UTC')::date group by d.source, d.code
        """;

    private const string HeldSql = """
        select h.source, h.reason, h.audience_key, sum(h.seen)::bigint, max(h.last_seen_at)
        from (
          select q.source, q.reason, q.audience_key, q.seen, q.last_seen_at from quarantine q
          where q.state = 1 and q.last_seen_at > $1::timestamptz - $2::interval order by q.last_seen_at desc limit $3) h
        group by h.source, h.reason, h.audience_key
        """;

    // The stream must have been there for the whole time in which somebody may be silent.
    private const string ReportsSql = """
        select coalesce(sum(f.events) filter (where f.hour > $1::timestamptz - $2::interval), 0) >= $4
            and min(f.hour) <= $1::timestamptz - $2::interval
        from alert_flows f where f.source = any($3)
        """;

    /// <summary>Fewer reports are no stream.</summary>
    private const long LeastReports = 100;

    /// <summary>Each source of the configuration, also when nothing came of it.</summary>
    public async Task<IReadOnlyList<DoctorSource>> SourcesAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var events = new Dictionary<string, long>(StringComparer.Ordinal);
        await using (var command = Sql.Command(database.Query, EventsSql, Sql.Of(now), Sql.Of(DoctorRules.Window)))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                events[reader.GetString(0)] = reader.GetInt64(1);
            }
        }

        var warnings = await WarningsAsync(now, cancellationToken);
        return
        [
            .. scene.Sources.Select(source => new DoctorSource(
                source.Name,
                source.Reports,
                source.Signed,
                events.GetValueOrDefault(source.Name)
            )
            {
                Warnings = [.. warnings[source.Name]],
            }),
        ];
    }

    public async Task<IReadOnlyList<HeldEvents>> HeldAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var held = new List<HeldEvents>();
        await using var command = Sql.Command(database.Query, HeldSql, Sql.Of(now), Sql.Of(DoctorRules.Window), Sql.Of(MostHeld));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            held.Add(
                new HeldEvents(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.TextOrNull(2),
                    reader.GetInt64(3),
                    reader.GetFieldValue<DateTimeOffset>(4)
                )
            );
        }

        return held;
    }

    /// <summary>Whether outcomes of messages were reported for long enough that silence means something.</summary>
    public async Task<bool> HasReportsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var reporting = scene.Sources.Where(source => source.Reports).Select(source => source.Name).ToArray();
        if (reporting.Length == 0)
        {
            return false;
        }

        await using var command = Sql.Command(
            database.Query,
            ReportsSql,
            Sql.Of(now),
            Sql.Of(DoctorRules.Window),
            Sql.Of(reporting),
            Sql.Of(LeastReports)
        );
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task<ILookup<string, SourceWarnings>> WarningsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var warnings = new List<(string Source, SourceWarnings Warnings)>();
        await using var command = Sql.Command(database.Query, WarningsSql, Sql.Of(now), Sql.Of(DoctorRules.Window));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            warnings.Add(
                (
                    reader.GetString(0),
                    new SourceWarnings(reader.GetString(1), reader.GetInt64(2), reader.GetInt32(3), reader.GetFieldValue<DateOnly>(4))
                )
            );
        }

        return warnings.ToLookup(row => row.Source, row => row.Warnings, StringComparer.Ordinal);
    }
}
