using AudienceSync.Domain.Events;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Feedback;

/// <summary>How far a stream of a source was turned into pages.</summary>
/// <param name="Position">The last number in a page.</param>
/// <param name="Since">Nothing behind it was recorded earlier.</param>
internal readonly record struct FeedbackCursor(long Position, DateTimeOffset Since);

/// <summary>The next part of a stream.</summary>
/// <param name="To">Its last number.</param>
/// <param name="Until">Nothing behind it was recorded earlier.</param>
/// <param name="HasFacts">Whether there is anything in it to send.</param>
internal readonly record struct FeedbackStep(long To, DateTimeOffset Until, bool HasFacts);

/// <summary>
/// Reads what lies behind cursors. A cursor begins at the end of its stream: what happened before feedback was configured is not reported.
/// </summary>
internal sealed class FeedbackCursorQueries(WorkspaceDatabase database)
{
    /// <summary>People of a page. A call has up to 10,000, and is not divided.</summary>
    private const int PagePeople = 2_000;

    private const int PageRows = 200;

    /// <summary>Positions of the log that are read at once.</summary>
    private const int LogPositions = 20_000;

    /// <summary>Events of a page of the log.</summary>
    private const int PageEvents = 1_000;

    private const string BeginDeliveriesSql = """
        insert into feedback_cursors (source, stream, position)
        select $1, $2, coalesce((select max(d.delivery_id) from deliveries d where d.destination = $3), 0)
        on conflict (source, stream) do nothing
        """;

    private const string BeginLogSql = """
        insert into feedback_cursors (source, stream, position) select $1, $2, coalesce((select max(e.seq_id) from mt_events e), 0)
        on conflict (source, stream) do nothing
        """;

    private const string BeginStepsSql =
        "insert into feedback_cursors (source, stream, position) values ($1, $2, 0) on conflict (source, stream) do nothing";

    private const string CursorSql = "select position, since from feedback_cursors where source = $1 and stream = $2";

    // A day earlier than the last one read: the clock of a server may be set back.
    private const string DeliveriesSql = """
        select d.delivery_id, d.recorded_at, cardinality(d.people) from deliveries d
        where d.destination = $1 and d.delivery_id > $2 and d.recorded_at >= $3::timestamptz - interval '1 day'
        order by d.delivery_id limit $4
        """;

    // Both projections must have passed what is reported, because the state is read from them.
    private const string LogEndSql = """
        select min(p.last_seq_id) from mt_event_progression p where p.name = any($1)
        """;

    private const string LogSql = """
        select max(x.seq_id), count(*) from (
          select e.seq_id from mt_events e where e.seq_id > $1 and e.seq_id <= $2 and e.type = any($3) order by e.seq_id limit $4) x
        """;

    /// <summary>The types of events after which the traits of their person may be others.</summary>
    internal static readonly string[] TraitEvents = [EventTypes.OutcomeRecorded, EventTypes.Suppressed, EventTypes.SuppressionLifted];

    /// <summary>The projections from which traits are read.</summary>
    internal static readonly string[] TraitProjections = ["membership:All"];

    /// <summary>The cursor; it is made when there is none.</summary>
    public async Task<FeedbackCursor> CursorAsync(string source, string stream, CancellationToken cancellationToken)
    {
        if (await FindAsync(source, stream, cancellationToken) is { } known)
        {
            return known;
        }

        await using (
            var begin = FeedbackStreams.DestinationOf(stream) is { } destination
                ? Sql.Command(database.Query, BeginDeliveriesSql, Sql.Of(source), Sql.Of(stream), Sql.Of(destination))
                : Sql.Command(database.Query, stream == FeedbackStreams.Steps ? BeginStepsSql : BeginLogSql, Sql.Of(source), Sql.Of(stream))
        )
        {
            await begin.ExecuteNonQueryAsync(cancellationToken);
        }

        return await FindAsync(source, stream, cancellationToken)
            ?? throw new InvalidOperationException("The cursor was made and is not there.");
    }

    /// <summary>The next deliveries of an account; null when there are none.</summary>
    public async Task<FeedbackStep?> DeliveriesAsync(string destination, FeedbackCursor cursor, CancellationToken cancellationToken)
    {
        FeedbackStep? step = null;
        var people = 0;
        await using var command = Sql.Command(
            database.Query,
            DeliveriesSql,
            Sql.Of(destination),
            Sql.Of(cursor.Position),
            Sql.Of(cursor.Since),
            Sql.Of(PageRows)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (people < PagePeople && await reader.ReadAsync(cancellationToken))
        {
            people += reader.GetInt32(2);
            step = new FeedbackStep(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1), HasFacts: true);
        }

        return step;
    }

    /// <summary>The next part of the log; null when there is none.</summary>
    public async Task<FeedbackStep?> LogAsync(FeedbackCursor cursor, CancellationToken cancellationToken)
    {
        await using var end = Sql.Command(database.Query, LogEndSql, Sql.Of(TraitProjections));
        if (await end.ExecuteScalarAsync(cancellationToken) is not long folded || folded <= cursor.Position)
        {
            return null;
        }

        var to = Math.Min(folded, cursor.Position + LogPositions);
        await using var command = Sql.Command(
            database.Query,
            LogSql,
            Sql.Of(cursor.Position),
            Sql.Of(to),
            Sql.Of(TraitEvents),
            Sql.Of(PageEvents)
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var events = reader.GetInt64(1);
        return new FeedbackStep(events == PageEvents ? reader.GetInt64(0) : to, cursor.Since, HasFacts: events > 0);
    }

    private async Task<FeedbackCursor?> FindAsync(string source, string stream, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, CursorSql, Sql.Of(source), Sql.Of(stream));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new FeedbackCursor(reader.GetInt64(0), reader.GetFieldValue<DateTimeOffset>(1))
            : null;
    }
}
