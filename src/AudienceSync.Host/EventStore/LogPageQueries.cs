using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using Npgsql;

namespace AudienceSync.Host.EventStore;

/// <summary>Reads the log in the order of its positions, as those do that follow it.</summary>
internal static class LogPageQueries
{
    private const string EventsSql =
        "select seq_id, stream_id, type, data, timestamp from mt_events where seq_id > $1 order by seq_id limit $2";

    /// <summary>The next events after a position.</summary>
    /// <param name="log">Of the workspace.</param>
    /// <param name="after">The last position that was read.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="events">Takes them in place of what it has: a reader of millions of events keeps one list.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public static async Task ReadAsync(
        NpgsqlDataSource log,
        Position after,
        int limit,
        List<LogEvent> events,
        CancellationToken cancellationToken
    )
    {
        events.Clear();
        await using var command = Sql.Command(log, EventsSql, Sql.Of(after.Value), Sql.Of(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(
                new LogEvent(
                    new Position(reader.GetInt64(0)),
                    new PersonId(reader.GetGuid(1)),
                    EventAlias.Of(reader.GetString(2)),
                    reader.GetFieldValue<byte[]>(3),
                    reader.GetFieldValue<DateTimeOffset>(4)
                )
            );
        }
    }
}
