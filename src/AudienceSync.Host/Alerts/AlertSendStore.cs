using System.Text.Json;
using AudienceSync.Connectors.Alerts;
using AudienceSync.Domain.Alerts;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Alerts;

/// <summary>Notices to channels: begun before the call, ended with the answer.</summary>
internal sealed class AlertSendStore(WorkspaceDatabase database)
{
    private const string OpenSql =
        "select send_id, channel, rule, grouping, enlisted_at, retry_at from alert_sends where state = 1 order by opened_at, send_id";

    private const string BeginSql = """
        update alert_sends s set attempts = s.attempts + 1, unanswered = s.unanswered + 1, retry_at = null
        from alert_notices n where s.send_id = $1 and s.state = 1 and n.notice_id = s.notice_id
        returning s.channel, s.opened_at, s.attempts, s.unanswered, n.content
        """;

    // answered: whether the attempt has an answer that leaves no doubt about what became of it.
    private const string EndSql = """
        update alert_sends set state = $2, ended_at = $3, code = $4, status = $5, unanswered = unanswered - $6 where send_id = $1
        """;

    private const string RetrySql = """
        update alert_sends set retry_at = $2, code = $3, status = $4, unanswered = unanswered - $5 where send_id = $1 and state = 1
        """;

    private const string DeadSql = """
        insert into alert_channels (channel, code, since) values ($1, $2, $3) on conflict (channel) do update set code = excluded.code
        """;

    /// <summary>The open sends, oldest first.</summary>
    public async Task<List<OpenSend>> OpenAsync(CancellationToken cancellationToken)
    {
        var open = new List<OpenSend>();
        await using var command = Sql.Command(database.Query, OpenSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            open.Add(
                new OpenSend(
                    reader.GetGuid(0),
                    reader.GetString(1),
                    new IncidentId(reader.GetString(2), reader.GetString(3)),
                    reader.TimeOrNull(4),
                    reader.TimeOrNull(5)
                )
            );
        }

        return open;
    }

    /// <summary>Records that it is about to be sent. Null when it is not open any more.</summary>
    public async Task<BegunSend?> BeginAsync(Guid send, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, BeginSql, Sql.Of(send));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new BegunSend(
                send,
                reader.GetString(0),
                reader.GetFieldValue<DateTimeOffset>(1),
                reader.GetInt32(2),
                reader.GetInt32(3),
                JsonSerializer.Deserialize<AlertNotice>(reader.GetString(4))!
            )
            : null;
    }

    /// <summary>It is over.</summary>
    public Task EndAsync(Guid send, AlertSendState state, ChannelAnswer answer, DateTimeOffset now, CancellationToken cancellationToken) =>
        ExecuteAsync(
            EndSql,
            cancellationToken,
            Sql.Of(send),
            Sql.Of((short)state),
            Sql.Of(now),
            Sql.Of(answer.Code),
            Sql.Of(answer.Status),
            Sql.Of(answer.MayHaveArrived ? 0 : 1)
        );

    /// <summary>It is sent again later.</summary>
    public Task RetryAsync(Guid send, ChannelAnswer answer, DateTimeOffset retryAt, CancellationToken cancellationToken) =>
        ExecuteAsync(
            RetrySql,
            cancellationToken,
            Sql.Of(send),
            Sql.Of(retryAt),
            Sql.Of(answer.Code),
            Sql.Of(answer.Status),
            Sql.Of(answer.MayHaveArrived ? 0 : 1)
        );

    /// <summary>The channel does not work.</summary>
    public Task ChannelIsDeadAsync(string channel, string code, DateTimeOffset now, CancellationToken cancellationToken) =>
        ExecuteAsync(DeadSql, cancellationToken, Sql.Of(channel), Sql.Of(code), Sql.Of(now));

    /// <summary>The channel works.</summary>
    /// <returns>Whether it did not before.</returns>
    public async Task<bool> ChannelWorksAsync(string channel, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, "delete from alert_channels where channel = $1", Sql.Of(channel));
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = Sql.Command(database.Query, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
