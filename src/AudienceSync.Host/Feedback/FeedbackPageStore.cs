using System.Text.Json;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Messages;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Host.Feedback;

/// <summary>
/// Pages of feedback and the cursors behind which they are made. A page, its cursor and its message are one transaction, under the lease:
/// so
/// nothing is between two pages, nothing is in two of them, and each has a message.
/// </summary>
internal sealed class FeedbackPageStore(WorkspaceDatabase database, IMessages messages)
{
    private const string AdvanceSql = """
        update feedback_cursors set position = $4, since = greatest(since, $5) where source = $1 and stream = $2 and position = $3
        """;

    private const string OpenSql = """
        insert into feedback_sends (source, stream, from_pos, to_pos, since, opened_at, enlisted_at) values ($1, $2, $3, $4, $5, $6, $6)
        """;

    private const string ReopenSql = """
        update feedback_sends set enlisted_at = $4, retry_at = null where source = $1 and stream = $2 and from_pos = $3 and state = 1
        """;

    private const string PageColumns = "source, stream, from_pos, to_pos, since, state, opened_at, enlisted_at, attempts, retry_at";

    private const string OpenPagesSql =
        $"select {PageColumns} from feedback_sends where source = $1 and state = 1 order by opened_at, from_pos";

    private const string FindSql = $"select {PageColumns} from feedback_sends where source = $1 and stream = $2 and from_pos = $3";

    private const string WaitSql = """
        update feedback_sends set attempts = attempts + 1, retry_at = $4, code = $5, http_status = $6
        where source = $1 and stream = $2 and from_pos = $3
        """;

    private const string EndSql = """
        update feedback_sends set state = $4, ended_at = $5, retry_at = null, items = $6, accepted = $7, codes = $8,
          http_status = $9, code = $10
        where source = $1 and stream = $2 and from_pos = $3
        """;

    private const string StopSql = """
        insert into feedback_stops (source, code, stopped_at, retry_at) values ($1, $2, $3, $4)
        on conflict (source) do update set code = excluded.code, retry_at = excluded.retry_at
        """;

    /// <summary>Makes a page of what lies behind the cursor, with its message.</summary>
    /// <param name="lease">Must hold.</param>
    /// <param name="range">From the cursor on.</param>
    /// <param name="since">Nothing of it was recorded earlier.</param>
    /// <param name="until">Nothing behind it was.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="LeaseLostException">Another Host makes the pages now; nothing was written.</exception>
    public Task OpenAsync(
        Lease lease,
        FeedbackRange range,
        DateTimeOffset since,
        DateTimeOffset until,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        EnlistAsync(
            lease,
            range,
            [
                Advance(range, until),
                Sql.Command(
                    OpenSql,
                    Sql.Of(range.Source),
                    Sql.Of(range.Stream),
                    Sql.Of(range.From),
                    Sql.Of(range.To),
                    Sql.Of(since),
                    Sql.Of(now)
                ),
            ],
            cancellationToken
        );

    /// <summary>Sends the message of an open page once more.</summary>
    /// <exception cref="LeaseLostException">Another Host makes the pages now; nothing was written.</exception>
    public Task ReopenAsync(Lease lease, FeedbackRange range, DateTimeOffset now, CancellationToken cancellationToken) =>
        EnlistAsync(
            lease,
            range,
            [Sql.Command(ReopenSql, Sql.Of(range.Source), Sql.Of(range.Stream), Sql.Of(range.From), Sql.Of(now))],
            cancellationToken
        );

    /// <summary>Moves the cursor over what is of no interest.</summary>
    /// <exception cref="LeaseLostException">Another Host makes the pages now; nothing was written.</exception>
    public async Task SkipAsync(Lease lease, FeedbackRange range, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(connection, lease, [Advance(range, until)], cancellationToken);
    }

    /// <summary>The open pages of a source, oldest first.</summary>
    public Task<List<FeedbackPage>> OpenPagesAsync(string source, CancellationToken cancellationToken) =>
        ReadAsync(OpenPagesSql, cancellationToken, Sql.Of(source));

    /// <summary>The page that begins there; null when there is none any more.</summary>
    public async Task<FeedbackPage?> FindAsync(FeedbackRange range, CancellationToken cancellationToken) =>
        (await ReadAsync(FindSql, cancellationToken, Sql.Of(range.Source), Sql.Of(range.Stream), Sql.Of(range.From))).FirstOrDefault();

    /// <summary>The page was not accepted, and is sent again.</summary>
    public Task WaitAsync(FeedbackRange range, DateTimeOffset retryAt, string code, int status, CancellationToken cancellationToken) =>
        ExecuteAsync(
            WaitSql,
            cancellationToken,
            Sql.Of(range.Source),
            Sql.Of(range.Stream),
            Sql.Of(range.From),
            Sql.Of(retryAt),
            Sql.Of(code),
            Sql.Of(status)
        );

    /// <summary>The page ended.</summary>
    public Task EndAsync(
        FeedbackRange range,
        FeedbackPageState state,
        FeedbackTally tally,
        string? code,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        ExecuteAsync(
            EndSql,
            cancellationToken,
            Sql.Of(range.Source),
            Sql.Of(range.Stream),
            Sql.Of(range.From),
            Sql.Of((short)state),
            Sql.Of(now),
            Sql.Of(tally.Items),
            Sql.Of(tally.Accepted),
            new NpgsqlParameter { Value = JsonSerializer.Serialize(tally.Codes), NpgsqlDbType = NpgsqlDbType.Jsonb },
            Sql.Of(tally.Status),
            Sql.OfNullable(code)
        );

    /// <summary>Nothing but one page at intervals is sent to the source from now on.</summary>
    public Task StopAsync(string source, string code, DateTimeOffset now, DateTimeOffset retryAt, CancellationToken cancellationToken) =>
        ExecuteAsync(StopSql, cancellationToken, Sql.Of(source), Sql.Of(code), Sql.Of(now), Sql.Of(retryAt));

    /// <returns>Whether it was stopped.</returns>
    public async Task<bool> ResumeAsync(string source, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, "delete from feedback_stops where source = $1", Sql.Of(source));
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    /// <summary>When a stopped source tries a page; null when it is not stopped.</summary>
    public async Task<DateTimeOffset?> StoppedUntilAsync(string source, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, "select retry_at from feedback_stops where source = $1", Sql.Of(source));
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime time ? new DateTimeOffset(time) : null;
    }

    private static NpgsqlBatchCommand Advance(FeedbackRange range, DateTimeOffset until) =>
        Sql.Command(AdvanceSql, Sql.Of(range.Source), Sql.Of(range.Stream), Sql.Of(range.From), Sql.Of(range.To), Sql.Of(until));

    private async Task EnlistAsync(Lease lease, FeedbackRange range, List<NpgsqlBatchCommand> commands, CancellationToken cancellationToken)
    {
        await using var session = database.Store.LightweightSession();
        session.QueueOperation(new SqlOperation([LeaseStore.Hold(lease), .. commands]));
        await messages.EnlistAsync(session, new SendFeedback(database.Workspace.Value, range.Source, range.Stream, range.From, range.To));
        try
        {
            await UnitOfWork.SaveAsync(session, cancellationToken);
        }
        catch (PostgresException failed) when (LeaseStore.IsLost(failed))
        {
            throw new LeaseLostException(lease.Name, failed);
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = Sql.Command(database.Query, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<FeedbackPage>> ReadAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        var pages = new List<FeedbackPage>();
        await using var command = Sql.Command(database.Query, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            pages.Add(
                new FeedbackPage(
                    new FeedbackRange(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)),
                    reader.GetFieldValue<DateTimeOffset>(4),
                    (FeedbackPageState)reader.GetInt16(5),
                    reader.GetFieldValue<DateTimeOffset>(6),
                    reader.GetFieldValue<DateTimeOffset>(7),
                    reader.GetInt32(8),
                    reader.TimeOrNull(9)
                )
            );
        }

        return pages;
    }
}
