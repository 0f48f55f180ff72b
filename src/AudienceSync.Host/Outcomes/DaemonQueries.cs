using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Outcomes;

namespace AudienceSync.Host.Outcomes;

/// <summary>How far a projection or subscription of Marten's daemon is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Position">The last position that it has read.</param>
/// <param name="Lag">How many positions it is behind the log.</param>
public sealed record DaemonProgress(string Name, long Position, long Lag);

/// <summary>Reads the progress of what Marten's daemon runs.</summary>
public sealed class DaemonQueries(WorkspaceDatabase database)
{
    private static readonly string[] Names = [EngagementProjection.ProjectionName, OutcomeSuppression.SubscriptionName];

    private const string ProgressSql = """
        select n.name, coalesce(p.last_seq_id, 0), h.at - coalesce(p.last_seq_id, 0)
        from unnest($1::text[]) as n(name)
        cross join (select coalesce(max(e.seq_id), 0) as at from mt_events e) h
        left join mt_event_progression p on p.name = n.name || ':All'
        order by n.name
        """;

    /// <summary>The progress of each.</summary>
    public async Task<IReadOnlyList<DaemonProgress>> ReadAsync(CancellationToken cancellationToken)
    {
        var progress = new List<DaemonProgress>();
        await using var command = Sql.Command(database.Query, ProgressSql, Sql.Of(Names));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            progress.Add(new DaemonProgress(reader.GetString(0), reader.GetInt64(1), Math.Max(0, reader.GetInt64(2))));
        }

        return progress;
    }
}
