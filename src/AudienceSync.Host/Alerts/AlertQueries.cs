using System.Text.Json;
using AudienceSync.Domain.Alerts;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Alerts;

/// <summary>A channel as shown to operators.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Severity">It gets incidents that are at least as bad.</param>
/// <param name="DeadCode">Why it does not work; null when it does.</param>
/// <param name="DeadSince">Since when.</param>
/// <param name="Waiting">Notices that it did not take yet.</param>
public sealed record ChannelView(string Channel, string Kind, string Severity, string? DeadCode, DateTimeOffset? DeadSince, long Waiting);

/// <summary>An alert that is not ok.</summary>
public sealed record AlertView(
    string Rule,
    string Title,
    string Subject,
    string? Destination,
    string? Audience,
    string? Owner,
    string State,
    string Severity,
    DateTimeOffset Since,
    IReadOnlyDictionary<string, string> Facts,
    string Advice
);

/// <summary>A notice to a channel, with its answer.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="State"><c>open</c>, <c>sent</c>, <c>refused</c>, <c>dead</c>, <c>in_doubt</c> or <c>gave_up</c>.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="InDoubt">Whether people may have it once more than they should, or not at all, because an answer was lost.</param>
/// <param name="Code">What the channel answered last; null when it was not called yet.</param>
/// <param name="Status">HTTP or SMTP status; 0 for none.</param>
/// <param name="EndedAt">When it was over; null while it is open.</param>
public sealed record SendView(string Channel, string State, int Attempts, bool InDoubt, string? Code, int Status, DateTimeOffset? EndedAt);

/// <summary>A notice with its channels.</summary>
public sealed record NoticeView(
    long Notice,
    string Kind,
    string Severity,
    string Rule,
    string Group,
    DateTimeOffset At,
    string Headline,
    IReadOnlyList<SendView> Sends
);

/// <summary>What is shown of alerts.</summary>
public sealed record AlertsView(
    IReadOnlyList<ChannelView> Channels,
    IReadOnlyList<AlertView> Alerts,
    IReadOnlyList<SilenceView> Silences,
    IReadOnlyList<NoticeView> Notices
);

/// <summary>Reads what is not ok, and what people were sent.</summary>
internal sealed class AlertQueries(
    WorkspaceDatabase database,
    PlannedAlerts plan,
    AlertStateStore states,
    SilenceStore silences,
    TimeProvider clock
)
{
    private const string ChannelsSql = """
        select d.channel, c.code, c.since, (select count(*) from alert_sends s where s.channel = d.channel and s.state = 1)
        from unnest($1::text[]) with ordinality as d(channel, place) left join alert_channels c on c.channel = d.channel order by d.place
        """;

    private const string NoticesSql = """
        select n.notice_id, n.kind, n.severity, n.rule, n.grouping, n.at, n.content ->> 'Headline',
          array(select s.channel from alert_sends s where s.notice_id = n.notice_id order by s.channel),
          array(select s.state from alert_sends s where s.notice_id = n.notice_id order by s.channel),
          array(select s.attempts from alert_sends s where s.notice_id = n.notice_id order by s.channel),
          array(select s.unanswered from alert_sends s where s.notice_id = n.notice_id order by s.channel),
          array(select coalesce(s.code, '') from alert_sends s where s.notice_id = n.notice_id order by s.channel),
          array(select s.status from alert_sends s where s.notice_id = n.notice_id order by s.channel),
          array(select coalesce(s.ended_at, 'infinity') from alert_sends s where s.notice_id = n.notice_id order by s.channel)
        from alert_notices n where $2::bigint is null or n.notice_id = $2 order by n.notice_id desc limit $1
        """;

    private const string ContentSql = "select content from alert_notices where notice_id = $1";

    public async Task<AlertsView> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        var state = await states.ReadAsync(cancellationToken);
        return new AlertsView(
            await ChannelsAsync(cancellationToken),
            [
                .. state
                    .Alerts.Values.OrderByDescending(alert => alert.Severity)
                    .ThenBy(alert => alert.Id.Rule, StringComparer.Ordinal)
                    .ThenBy(alert => alert.Id.Subject, StringComparer.Ordinal)
                    .Select(View),
            ],
            await silences.ReadAsync(clock.GetUtcNow(), cancellationToken),
            await NoticesAsync(limit, notice: null, cancellationToken)
        );
    }

    /// <summary>A notice with its whole content; null when there is none.</summary>
    public async Task<(NoticeView View, AlertNotice Content)?> FindAsync(long notice, CancellationToken cancellationToken)
    {
        var found = await NoticesAsync(1, notice, cancellationToken);
        if (found.Count == 0)
        {
            return null;
        }

        await using var command = Sql.Command(database.Query, ContentSql, Sql.Of(notice));
        return await command.ExecuteScalarAsync(cancellationToken) is string content
            ? (found[0], JsonSerializer.Deserialize<AlertNotice>(content)!)
            : null;
    }

    private async Task<List<ChannelView>> ChannelsAsync(CancellationToken cancellationToken)
    {
        var channels = new List<ChannelView>();
        await using var command = Sql.Command(database.Query, ChannelsSql, Sql.Of(plan.Channels.Select(channel => channel.Name).ToArray()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var planned = plan.Find(reader.GetString(0))!;
            channels.Add(
                new ChannelView(
                    planned.Name,
                    planned.Kind,
                    Name(planned.Least),
                    reader.TextOrNull(1),
                    reader.TimeOrNull(2),
                    reader.GetInt64(3)
                )
            );
        }

        return channels;
    }

    private async Task<List<NoticeView>> NoticesAsync(int limit, long? notice, CancellationToken cancellationToken)
    {
        var notices = new List<NoticeView>();
        await using var command = Sql.Command(database.Query, NoticesSql, Sql.Of(limit), Sql.OfNullable(notice));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            notices.Add(
                new NoticeView(
                    reader.GetInt64(0),
                    Name((NoticeKind)reader.GetInt16(1)),
                    Name((AlertSeverity)reader.GetInt16(2)),
                    reader.GetString(3),
                    reader.GetString(4),
                    reader.GetFieldValue<DateTimeOffset>(5),
                    reader.GetString(6),
                    SendsOf(reader)
                )
            );
        }

        return notices;
    }

    private static List<SendView> SendsOf(NpgsqlDataReader reader)
    {
        var (channels, states) = (reader.GetFieldValue<string[]>(7), reader.GetFieldValue<short[]>(8));
        var (attempts, unanswered) = (reader.GetFieldValue<int[]>(9), reader.GetFieldValue<int[]>(10));
        var (codes, statuses) = (reader.GetFieldValue<string[]>(11), reader.GetFieldValue<int[]>(12));
        var ended = reader.GetFieldValue<DateTime[]>(13);
        return
        [
            .. channels.Select(
                (channel, i) =>
                    new SendView(
                        channel,
                        Name((AlertSendState)states[i]),
                        attempts[i],
                        unanswered[i] > 0,
                        codes[i].Length == 0 ? null : codes[i],
                        statuses[i],
                        ended[i] == DateTime.MaxValue ? null : new DateTimeOffset(ended[i])
                    )
            ),
        ];
    }

    private static AlertView View(Alert alert) =>
        new(
            alert.Id.Rule,
            alert.Condition.Rule.Title,
            alert.Id.Subject,
            alert.Condition.Destination,
            alert.Condition.Audience,
            alert.Condition.Owner,
            Name(alert.Status),
            Name(alert.Severity),
            alert.Since,
            alert.Condition.Facts.ToDictionary(fact => fact.Name, fact => fact.Value, StringComparer.Ordinal),
            alert.Condition.Rule.Advice
        );

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
