using System.Text.Json;
using AudienceSync.Domain.Alerts;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Messages;
using Npgsql;
using NpgsqlTypes;

namespace AudienceSync.Host.Alerts;

/// <summary>
/// What is not ok and what people know of it. A look at everything is written in one transaction under the lease, with its notices and the
/// messages that send them: so no notice is lost, and none is made twice.
/// </summary>
internal sealed class AlertStateStore(WorkspaceDatabase database, IMessages messages)
{
    private const string AlertsSql =
        "select rule, subject, status, severity, since, changed_at, destination, audience, owner, facts from alerts";

    private const string IncidentsSql =
        "select rule, grouping, began_at, announced, members, owner, update_at, remind_at from alert_incidents";

    private const string WriteAlertsSql = """
        insert into alerts (rule, subject, status, severity, since, changed_at, destination, audience, owner, facts)
        select r.rule, r.subject, r.status, r.severity, r.since, r.changed_at, r.destination, r.audience, r.owner, r.facts
        from jsonb_to_recordset($1) as r(rule text, subject text, status smallint, severity smallint, since timestamptz,
          changed_at timestamptz, destination text, audience text, owner text, facts jsonb)
        """;

    private const string WriteIncidentsSql = """
        insert into alert_incidents (rule, grouping, began_at, announced, members, owner, update_at, remind_at)
        select r.rule, r.grouping, r.began_at, r.announced, r.members, r.owner, r.update_at, r.remind_at
        from jsonb_to_recordset($1) as r(rule text, grouping text, began_at timestamptz, announced smallint, members text[], owner text,
          update_at timestamptz, remind_at timestamptz)
        """;

    private const string NoticeSql = """
        with n as (
          insert into alert_notices (kind, severity, rule, grouping, at, content) values ($1, $2, $3, $4, $5, $6) returning notice_id)
        insert into alert_sends (send_id, notice_id, channel, rule, grouping, opened_at, enlisted_at)
        select d.send_id, n.notice_id, d.channel, $3, $4, $5, case when d.enlisted then $5 end
        from n cross join unnest($7::uuid[], $8::text[], $9::bool[]) as d(send_id, channel, enlisted)
        """;

    private const string NumberedNoticeSql = $"{NoticeSql} returning notice_id";

    private const string EnlistSql = "update alert_sends set enlisted_at = $2, retry_at = null where send_id = $1 and state = 1";

    public async Task<AlertState> ReadAsync(CancellationToken cancellationToken)
    {
        var (alerts, incidents) = (new Dictionary<AlertId, Alert>(), new Dictionary<IncidentId, AlertIncident>());
        await using var batch = database.Query.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(AlertsSql));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(IncidentsSql));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            // A rule that this version does not have any more: its alert ends.
            if (AlertRules.Find(reader.GetString(0)) is { } rule)
            {
                var alert = AlertOf(reader, rule);
                alerts.Add(alert.Id, alert);
            }
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var incident = IncidentOf(reader);
            incidents.Add(incident.Id, incident);
        }

        return new AlertState(alerts, incidents);
    }

    /// <param name="lease">Must hold.</param>
    /// <param name="look">What was made of it.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="LeaseLostException">Another Host looks now; nothing was written.</exception>
    public async Task WriteAsync(Lease lease, AlertLook look, DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<NpgsqlBatchCommand> commands = [LeaseStore.Hold(lease), .. look.Flow is { } flow ? FlowStore.Count(flow, now) : []];
        if (look.HasState)
        {
            commands.AddRange(StateCommands(look.Step.State));
        }

        commands.AddRange(look.Step.Notices.Select(notice => NoticeCommand(notice, [.. look.Sends[notice]], look.Enlisted)));
        commands.AddRange(look.Ended.Select(week => WeekStore.Write(week, SendOf(look, week), now)));
        var isNew = look.Step.Notices.SelectMany(notice => look.Sends[notice]).Select(send => send.Id).ToHashSet();
        commands.AddRange(look.Enlisted.Where(id => !isNew.Contains(id)).Select(id => Sql.Command(EnlistSql, Sql.Of(id), Sql.Of(now))));
        await using var session = database.Store.LightweightSession();
        session.QueueOperation(new SqlOperation(commands));
        foreach (var id in look.Enlisted)
        {
            await messages.EnlistAsync(session, new SendAlert(database.Workspace.Value, id));
        }

        try
        {
            await UnitOfWork.SaveAsync(session, cancellationToken);
        }
        catch (PostgresException failed) when (LeaseStore.IsLost(failed))
        {
            throw new LeaseLostException(lease.Name, failed);
        }
    }

    /// <summary>Stores a notice with its sends; none of them gets a message.</summary>
    /// <returns>Its number.</returns>
    public async Task<long> WriteNoticeAsync(AlertNotice notice, IReadOnlyList<NewSend> sends, CancellationToken cancellationToken)
    {
        await using var connection = await database.Query.OpenConnectionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { NoticeCommand(notice, sends, sends.Select(send => send.Id).ToHashSet(), NumberedNoticeSql) },
        };
        return (long)(await batch.ExecuteScalarAsync(cancellationToken))!;
    }

    private static Guid? SendOf(AlertLook look, EndedWeek week) => week.Notice is { } notice ? look.Sends[notice].Single().Id : null;

    private static IEnumerable<NpgsqlBatchCommand> StateCommands(AlertState state) =>
        [
            new("delete from alerts"),
            new("delete from alert_incidents"),
            Sql.Command(WriteAlertsSql, Json(state.Alerts.Values.Select(Row))),
            Sql.Command(WriteIncidentsSql, Json(state.Incidents.Values.Select(Row))),
        ];

    private static NpgsqlBatchCommand NoticeCommand(
        AlertNotice notice,
        IReadOnlyList<NewSend> sends,
        IReadOnlySet<Guid> enlisted,
        string sql = NoticeSql
    ) =>
        Sql.Command(
            sql,
            Sql.Of((short)notice.Kind),
            Sql.Of((short)notice.Severity),
            Sql.Of(notice.Rule),
            Sql.Of(notice.Group),
            Sql.Of(notice.At),
            Json(notice),
            Sql.Of(sends.Select(send => send.Id).ToList()),
            Sql.Of(sends.Select(send => send.Channel).ToList()),
            Sql.Of(sends.Select(send => enlisted.Contains(send.Id)).ToList())
        );

    private static NpgsqlParameter Json<T>(T value) => new() { Value = JsonSerializer.Serialize(value), NpgsqlDbType = NpgsqlDbType.Jsonb };

    private static object Row(Alert alert) =>
        new
        {
            rule = alert.Id.Rule,
            subject = alert.Id.Subject,
            status = (short)alert.Status,
            severity = (short)alert.Severity,
            since = alert.Since,
            changed_at = alert.ChangedAt,
            destination = alert.Condition.Destination,
            audience = alert.Condition.Audience,
            owner = alert.Condition.Owner,
            facts = alert.Condition.Facts,
        };

    private static object Row(AlertIncident incident) =>
        new
        {
            rule = incident.Id.Rule,
            grouping = incident.Id.Group,
            began_at = incident.BeganAt,
            announced = (short?)incident.Announced,
            members = incident.Members,
            owner = incident.Owner,
            update_at = incident.UpdateAt,
            remind_at = incident.RemindAt,
        };

    private static Alert AlertOf(NpgsqlDataReader reader, AlertRule rule)
    {
        var severity = (AlertSeverity)reader.GetInt16(3);
        var facts = JsonSerializer.Deserialize<List<AlertFact>>(reader.GetString(9))!;
        return new Alert(
            new AlertCondition(rule, reader.GetString(1), severity, facts)
            {
                Destination = reader.TextOrNull(6),
                Audience = reader.TextOrNull(7),
                Owner = reader.TextOrNull(8),
            },
            (AlertStatus)reader.GetInt16(2),
            severity,
            reader.GetFieldValue<DateTimeOffset>(4),
            reader.GetFieldValue<DateTimeOffset>(5)
        );
    }

    private static AlertIncident IncidentOf(NpgsqlDataReader reader) =>
        new(new IncidentId(reader.GetString(0), reader.GetString(1)), reader.GetFieldValue<DateTimeOffset>(2))
        {
            Announced = reader.IsDBNull(3) ? null : (AlertSeverity)reader.GetInt16(3),
            Members = reader.GetFieldValue<string[]>(4),
            Owner = reader.TextOrNull(5),
            UpdateAt = reader.GetFieldValue<DateTimeOffset>(6),
            RemindAt = reader.GetFieldValue<DateTimeOffset>(7),
        };
}
