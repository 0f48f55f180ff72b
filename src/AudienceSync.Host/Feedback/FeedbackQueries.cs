using System.Text.Json;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Feedback;

/// <summary>How far a stream of a source is behind.</summary>
/// <param name="Stream">Its name.</param>
/// <param name="Position">Up to here everything was accepted or refused.</param>
/// <param name="Lag">Deliveries, positions of the log, or steps behind it.</param>
/// <param name="Since">When the oldest of them happened; null when there is none.</param>
public sealed record FeedbackLag(string Stream, long Position, long Lag, DateTimeOffset? Since);

/// <summary>A source that gets feedback.</summary>
/// <param name="Source">Its name.</param>
/// <param name="StoppedCode">Why it is stopped; null when it is not.</param>
/// <param name="StoppedAt">Since when.</param>
/// <param name="OpenPages">Pages that were not accepted yet.</param>
/// <param name="DeadPages">Pages that an operator can replay.</param>
/// <param name="Streams">How far each stream is behind.</param>
public sealed record FeedbackSourceView(
    string Source,
    string? StoppedCode,
    DateTimeOffset? StoppedAt,
    long OpenPages,
    long DeadPages,
    IReadOnlyList<FeedbackLag> Streams
);

/// <summary>A page of feedback. Accepted is what the service answered, and does not mean that it was applied.</summary>
/// <param name="Source">The source.</param>
/// <param name="Stream">The stream.</param>
/// <param name="From">It begins after this number.</param>
/// <param name="To">It ends with this one.</param>
/// <param name="State"><c>open</c>, <c>sent</c> or <c>dead</c>.</param>
/// <param name="OpenedAt">When it was made.</param>
/// <param name="EndedAt">When it ended; null while it is open.</param>
/// <param name="Attempts">How often it was not accepted.</param>
/// <param name="Items">Its items.</param>
/// <param name="Accepted">Of these, accepted.</param>
/// <param name="Codes">Of these, not accepted or not sent, by code.</param>
/// <param name="HttpStatus">Of the last call; 0 for none.</param>
/// <param name="Code">Why it was not accepted the last time; null when it was.</param>
public sealed record FeedbackSendView(
    string Source,
    string Stream,
    long From,
    long To,
    string State,
    DateTimeOffset OpenedAt,
    DateTimeOffset? EndedAt,
    int Attempts,
    int Items,
    int Accepted,
    IReadOnlyDictionary<string, int> Codes,
    int HttpStatus,
    string? Code
);

/// <summary>What is shown of feedback.</summary>
/// <param name="Sources">The sources that get some.</param>
/// <param name="Sends">Pages, latest first.</param>
public sealed record FeedbackView(IReadOnlyList<FeedbackSourceView> Sources, IReadOnlyList<FeedbackSendView> Sends);

/// <summary>Reads what was sent to senders, and how far each stream is behind.</summary>
internal sealed class FeedbackQueries(WorkspaceDatabase database, FeedbackPlan plan)
{
    private const string SourcesSql = """
        select s.source, t.code, t.stopped_at, n.open, n.dead from unnest($1::text[]) with ordinality as s(source, place)
        left join feedback_stops t on t.source = s.source
        cross join lateral (
          select count(*) filter (where f.state = 1) as open, count(*) filter (where f.state = 3) as dead
          from feedback_sends f where f.source = s.source and f.state <> 2) n
        order by s.place
        """;

    // What is in an open page was not accepted yet.
    private const string LagsSql = """
        select c.source, c.stream, p.position, l.lag, l.since from feedback_cursors c
        cross join lateral (
          select coalesce(
            (select min(f.from_pos) from feedback_sends f where f.source = c.source and f.stream = c.stream and f.state = 1),
            c.position) as position) p
        cross join lateral (
          select count(*) as lag, min(x.at) as since from (
            (select d.at from deliveries d
              where c.stream like 'deliveries/%' and d.destination = substr(c.stream, 12) and d.delivery_id > p.position
              and d.recorded_at >= c.since - interval '2 days' limit 10000)
            union all
            (select s.recorded_at from feedback_steps s where c.stream = 'steps' and s.source = c.source limit 10000)
            union all
            (select e.timestamp from mt_events e where c.stream = 'traits' and e.seq_id > p.position order by e.seq_id limit 10000)) x) l
        where c.source = any($1) order by c.source, c.stream
        """;

    private const string SendsSql = """
        select source, stream, from_pos, to_pos, state, opened_at, ended_at, attempts, items, accepted, codes, http_status, code
        from feedback_sends order by opened_at desc, stream, from_pos desc limit $1
        """;

    public async Task<FeedbackView> ReadAsync(int limit, CancellationToken cancellationToken)
    {
        var lags = await LagsAsync(cancellationToken);
        var sources = new List<FeedbackSourceView>();
        await using var command = Sql.Command(database.Query, SourcesSql, Sql.Of(Names()));
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var source = reader.GetString(0);
                sources.Add(
                    new FeedbackSourceView(
                        source,
                        reader.TextOrNull(1),
                        reader.TimeOrNull(2),
                        reader.GetInt64(3),
                        reader.GetInt64(4),
                        [.. lags[source]]
                    )
                );
            }
        }

        return new FeedbackView(sources, await SendsAsync(limit, cancellationToken));
    }

    /// <summary>How far each stream is behind, by source.</summary>
    public async Task<ILookup<string, FeedbackLag>> LagsAsync(CancellationToken cancellationToken)
    {
        var lags = new List<(string Source, FeedbackLag Lag)>();
        await using var command = Sql.Command(database.Query, LagsSql, Sql.Of(Names()));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            lags.Add(
                (reader.GetString(0), new FeedbackLag(reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3), reader.TimeOrNull(4)))
            );
        }

        return lags.ToLookup(lag => lag.Source, lag => lag.Lag, StringComparer.Ordinal);
    }

    private async Task<List<FeedbackSendView>> SendsAsync(int limit, CancellationToken cancellationToken)
    {
        var sends = new List<FeedbackSendView>();
        await using var command = Sql.Command(database.Query, SendsSql, Sql.Of(limit));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            sends.Add(
                new FeedbackSendView(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.GetInt64(2),
                    reader.GetInt64(3),
                    JsonNamingPolicy.SnakeCaseLower.ConvertName(((FeedbackPageState)reader.GetInt16(4)).ToString()),
                    reader.GetFieldValue<DateTimeOffset>(5),
                    reader.TimeOrNull(6),
                    reader.GetInt32(7),
                    reader.GetInt32(8),
                    reader.GetInt32(9),
                    JsonSerializer.Deserialize<Dictionary<string, int>>(reader.GetString(10))!,
                    reader.GetInt32(11),
                    reader.TextOrNull(12)
                )
            );
        }

        return sends;
    }

    private string[] Names() => [.. plan.Sources.Select(planned => planned.Source)];
}
