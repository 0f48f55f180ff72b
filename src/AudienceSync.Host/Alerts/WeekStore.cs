using AudienceSync.Domain.Alerts;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Alerts;

/// <summary>A week of a channel that is over.</summary>
/// <param name="Channel">The channel's name.</param>
/// <param name="Week">The Monday of the week in which it was due.</param>
/// <param name="Notice">Its weekly digest; null when the channel was first seen after the hour, and gets its first one next week.</param>
internal sealed record EndedWeek(string Channel, DateOnly Week, AlertNotice? Notice);

/// <summary>The weeks of which channels had their weekly digest: one row each, whatever Host tries a second time.</summary>
internal sealed class WeekStore(WorkspaceDatabase database)
{
    private const string LatestSql = """
        select d.channel, (select max(w.week) from weekly_digests w where w.channel = d.channel) from unnest($1::text[]) as d(channel)
        order by d.channel
        """;

    private const string WriteSql = "insert into weekly_digests (channel, week, send_id, made_at) values ($1, $2, $3, $4)";

    /// <summary>The latest week of each channel; null for one that has none yet.</summary>
    public async Task<List<(string Channel, DateOnly? Week)>> LatestAsync(IEnumerable<string> channels, CancellationToken cancellationToken)
    {
        var latest = new List<(string, DateOnly?)>();
        await using var command = Sql.Command(database.Query, LatestSql, Sql.Of(channels.ToArray()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            latest.Add((reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetFieldValue<DateOnly>(1)));
        }

        return latest;
    }

    /// <summary>The statement that records a week.</summary>
    /// <param name="ended">The week.</param>
    /// <param name="send">The send of its digest; null for none.</param>
    /// <param name="now">The time.</param>
    internal static NpgsqlBatchCommand Write(EndedWeek ended, Guid? send, DateTimeOffset now) =>
        Sql.Command(WriteSql, Sql.Of(ended.Channel), Sql.Of(ended.Week), Sql.OfNullable(send), Sql.Of(now));
}
