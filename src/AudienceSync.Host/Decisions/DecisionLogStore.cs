using AudienceSync.Host.EventStore;
using NpgsqlTypes;

namespace AudienceSync.Host.Decisions;

/// <summary>Writes and counts the log of decisions, in partitions by day.</summary>
internal sealed class DecisionLogStore(WorkspaceDatabase database, TimeProvider clock, ILogger<DecisionLogStore> logger)
{
    /// <summary>Days for which decisions are kept.</summary>
    public const int RetentionDays = 30;

    private const int DaysAhead = 2;

    // A name cannot contain it.
    private const char Separator = '\u001f';

    private const string EnsureSql = "select ensure_decision_partitions($1, $2)";

    private const string DropSql = "select drop_decision_partitions($1)";

    private const string InsertSql = """
        insert into decisions (decided_at, source, via, outcome, known, duration_us, fields, asked, present, unknown)
        select d.decided_at, d.source, d.via, d.outcome, d.known, d.duration_us, d.fields, string_to_array(d.asked, E'\x1f'),
          string_to_array(d.present, E'\x1f'), d.unknown
        from unnest($1::timestamptz[], $2::text[], $3::smallint[], $4::smallint[], $5::boolean[], $6::int[], $7::int[], $8::text[],
          $9::text[], $10::int[])
          as d(decided_at, source, via, outcome, known, duration_us, fields, asked, present, unknown)
        """;

    private const string SourcesSql = """
        select d.source, d.via, count(*), count(*) filter (where d.outcome <> 1), count(*) filter (where d.known is false),
          percentile_disc(0.5) within group (order by d.duration_us), percentile_disc(0.99) within group (order by d.duration_us)
        from decisions d where d.decided_at >= $1 and d.decided_at < $2 group by d.source, d.via order by d.source, d.via
        """;

    private const string AudiencesSql = """
        select d.source, a.audience, count(*), count(*) filter (where a.audience = any(d.present))
        from decisions d cross join lateral unnest(d.asked) as a(audience)
        where d.decided_at >= $1 and d.decided_at < $2 and d.outcome = 1
        group by d.source, a.audience order by d.source, a.audience limit $3
        """;

    /// <summary>Creates the partitions of the next days, and drops those past their retention. Can be repeated at any time.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        await using var ensure = Sql.Command(database.Query, EnsureSql, Sql.Of(today.AddDays(-1)), Sql.Of(DaysAhead + 1));
        await ensure.ExecuteNonQueryAsync(cancellationToken);
        await using var drop = Sql.Command(database.Query, DropSql, Sql.Of(today.AddDays(-RetentionDays)));
        if (await drop.ExecuteScalarAsync(cancellationToken) is > 0 and int dropped)
        {
            logger.LogInformation("Dropped {Days} days of decisions past their retention", dropped);
        }
    }

    /// <summary>Writes decisions.</summary>
    public async Task WriteAsync(IReadOnlyList<DecisionRecord> decisions, CancellationToken cancellationToken)
    {
        var rows = decisions.ToList();
        await using var command = Sql.Command(
            database.Hot,
            InsertSql,
            Sql.OfTimes(rows.ConvertAll(row => row.At.UtcDateTime)),
            Sql.Of(rows.ConvertAll(row => row.Source)),
            Sql.Of(rows.ConvertAll(row => (short)row.Via)),
            Sql.Of(rows.ConvertAll(row => (short)row.Outcome)),
            new Npgsql.NpgsqlParameter<List<bool?>>
            {
                TypedValue = rows.ConvertAll(row => row.Known),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean,
            },
            Sql.Of(rows.ConvertAll(row => (int)Math.Min(int.MaxValue, row.Duration.TotalMicroseconds))),
            Sql.Of(rows.ConvertAll(row => (int)row.Fields)),
            Sql.Of(rows.ConvertAll(row => string.Join(Separator, row.Asked))),
            Sql.Of(rows.ConvertAll(row => string.Join(Separator, row.Present))),
            Sql.Of(rows.ConvertAll(row => row.Unknown))
        );
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Counts the decisions of some time.</summary>
    /// <param name="from">The first moment.</param>
    /// <param name="to">The first moment that does not count any more.</param>
    /// <param name="limit">Audiences at most.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    public async Task<DecisionCounts> CountAsync(DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
    {
        var sources = new List<SourceDecisionCount>();
        await using (var command = Sql.Command(database.Query, SourcesSql, Sql.Of(from), Sql.Of(to)))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                sources.Add(
                    new SourceDecisionCount(
                        reader.GetString(0),
                        (DecisionVia)reader.GetInt16(1),
                        reader.GetInt64(2),
                        reader.GetInt64(3),
                        reader.GetInt64(4),
                        reader.GetInt32(5) / 1000.0,
                        reader.GetInt32(6) / 1000.0
                    )
                );
            }
        }

        var audiences = new List<AudienceDecisionCount>();
        await using (var command = Sql.Command(database.Query, AudiencesSql, Sql.Of(from), Sql.Of(to), Sql.Of(limit)))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                audiences.Add(new AudienceDecisionCount(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)));
            }
        }

        return new DecisionCounts(from, to, sources, audiences);
    }
}

/// <summary>Decisions of a source.</summary>
/// <param name="Source">The source.</param>
/// <param name="Via">How it asked.</param>
/// <param name="Decisions">All of them.</param>
/// <param name="Fallbacks">Those answered with the fallback.</param>
/// <param name="UnknownPeople">Those about somebody who is not known.</param>
/// <param name="P50Ms">Half of them took at most this.</param>
/// <param name="P99Ms">99 of 100 took at most this.</param>
internal sealed record SourceDecisionCount(
    string Source,
    DecisionVia Via,
    long Decisions,
    long Fallbacks,
    long UnknownPeople,
    double P50Ms,
    double P99Ms
);

/// <summary>Answers about an audience or key.</summary>
/// <param name="Source">Who asked.</param>
/// <param name="Audience">The audience or key.</param>
/// <param name="Answered">Answers.</param>
/// <param name="Present">Those in which the person was in it.</param>
internal sealed record AudienceDecisionCount(string Source, string Audience, long Answered, long Present);

/// <summary>Decisions of some time, by source and by audience.</summary>
internal sealed record DecisionCounts(
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyList<SourceDecisionCount> Sources,
    IReadOnlyList<AudienceDecisionCount> Audiences
);
