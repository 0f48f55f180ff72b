using System.Text.Json;
using AudienceSync.Connectors;
using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Sync.Lanes;

namespace AudienceSync.Host.Sync.Runs;

/// <summary>Members of one kind in a run.</summary>
/// <param name="Planned">Whose intent was written.</param>
/// <param name="Attempted">Who were in a call; a repeated call counts again.</param>
/// <param name="Accepted">Whom the platform accepted, and did not reject later in a job.</param>
/// <param name="Rejected">Whom the platform rejected, or who could not be sent.</param>
public sealed record RunCount(long Planned, long Attempted, long Accepted, long Rejected);

/// <summary>The work of one lane from its first intent to empty or stopped.</summary>
public sealed record RunView(
    long Run,
    string Audience,
    string Destination,
    string Remote,
    string Lane,
    RunCause Cause,
    RunState State,
    string? Code,
    DateTimeOffset StartedAt,
    DateTimeOffset LastAt,
    DateTimeOffset? EndedAt,
    int Calls,
    RunCount Add,
    RunCount Refresh,
    RunCount Remove
);

/// <summary>How many people have a result; of the end of a job, if it has a job's number.</summary>
public sealed record ResultCount(string Result, long People, long? Job);

/// <summary>A call's request and response without identifiers.</summary>
public sealed record ExchangeView(string Method, string Path, int Requests, int? Status, JsonElement Body, JsonElement? Response);

/// <summary>One request to a platform.</summary>
public sealed record CallView(
    long Call,
    DeliveryKind Kind,
    int Members,
    int Refused,
    OutcomeKind Outcome,
    string Code,
    int HttpStatus,
    string? RequestId,
    DateTimeOffset SentAt,
    int LatencyMs
)
{
    /// <summary>What became of the people, with the call and with the end of its job.</summary>
    public IReadOnlyList<ResultCount> Results { get; init; } = [];

    /// <summary>Null when it was not requested, is past its retention or does not open.</summary>
    public ExchangeView? Exchange { get; init; }
}

/// <summary>Reads runs, latest first, and the calls of a run in their order.</summary>
public sealed class RunQueries(WorkspaceDatabase database, CallSeal seal)
{
    private const string Columns = """
        r.run_id, b.audience, b.destination, b.remote, r.lane, r.cause, r.state, r.code, r.started_at, r.last_at, r.ended_at, r.calls,
          r.planned, r.attempted, r.accepted, r.rejected
        from runs r join bindings b on b.binding_id = r.binding_id
        """;

    private const string ListSql = $"""
        select {Columns} where r.run_id < $1 and ($2::text is null or b.destination = $2) order by r.run_id desc limit $3
        """;

    private const string FindSql = $"select {Columns} where r.run_id = $1";

    private const string CallsSql = """
        select c.call_id, coalesce(c.kind, c.operation), c.members, c.refused, c.outcome, c.code, c.http_status, c.request_id, c.sent_at,
          c.latency_ms,
          x.key_version, x.cipher
        from calls c left join lateral (select e.key_version, e.cipher from call_exchanges e where $4 and e.call_id = c.call_id limit 1) x
          on true
        where c.run_id = $1 and c.call_id > $2 order by c.call_id limit $3
        """;

    private const string ResultsSql = """
        select d.call_id, r.result, case when d.codes is null then cardinality(d.people)::bigint
          else (select count(*) from unnest(d.codes) c where c = r.place) end, d.job_id
        from deliveries d cross join lateral unnest(d.results) with ordinality as r(result, place)
        where d.run_id = $1 and d.call_id = any($2) order by d.delivery_id, r.place
        """;

    /// <param name="before">Only runs with a smaller number; null for the latest.</param>
    /// <param name="destination">Only of this ad account; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public async Task<List<RunView>> ListAsync(long? before, string? destination, int limit, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(
            database.Query,
            ListSql,
            Sql.Of(before ?? long.MaxValue),
            Sql.OfNullable(destination),
            Sql.Of(limit)
        );
        return await RunsAsync(command, cancellationToken);
    }

    /// <summary>Null when there is none.</summary>
    public async Task<RunView?> FindAsync(long run, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, FindSql, Sql.Of(run));
        return (await RunsAsync(command, cancellationToken)).SingleOrDefault();
    }

    /// <summary>The calls of a run after one of them, in their order.</summary>
    public async Task<List<CallView>> CallsAsync(long run, long after, int limit, bool bodies, CancellationToken cancellationToken)
    {
        var calls = new List<CallView>();
        await using (var command = Sql.Command(database.Query, CallsSql, Sql.Of(run), Sql.Of(after), Sql.Of(limit), Sql.Of(bodies)))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                var sentAt = reader.GetFieldValue<DateTimeOffset>(8);
                calls.Add(
                    new CallView(
                        reader.GetInt64(0),
                        (DeliveryKind)reader.GetInt16(1),
                        reader.GetInt32(2),
                        reader.GetInt32(3),
                        (OutcomeKind)reader.GetInt16(4),
                        reader.GetString(5),
                        reader.GetInt32(6),
                        reader.TextOrNull(7),
                        sentAt,
                        reader.GetInt32(9)
                    )
                    {
                        Exchange = reader.IsDBNull(10)
                            ? null
                            : Of(seal.TryOpen(sentAt, reader.GetInt16(10), reader.GetFieldValue<byte[]>(11))),
                    }
                );
            }
        }

        var results = await ResultsAsync(run, [.. calls.Select(call => call.Call)], cancellationToken);
        return calls.ConvertAll(call => call with { Results = [.. results[call.Call]] });
    }

    private async Task<ILookup<long, ResultCount>> ResultsAsync(long run, List<long> calls, CancellationToken cancellationToken)
    {
        var results = new List<(long Call, ResultCount Count)>();
        await using var command = Sql.Command(database.Query, ResultsSql, Sql.Of(run), Sql.Of(calls));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            results.Add(
                (
                    reader.GetInt64(0),
                    new ResultCount(reader.GetString(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetInt64(3))
                )
            );
        }

        return results.ToLookup(result => result.Call, result => result.Count);
    }

    private static async Task<List<RunView>> RunsAsync(Npgsql.NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var runs = new List<RunView>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var counts = Enumerable.Range(12, 4).Select(column => reader.GetFieldValue<long[]>(column)).ToList();
            runs.Add(
                new RunView(
                    reader.GetInt64(0),
                    reader.GetString(1),
                    reader.GetString(2),
                    reader.GetString(3),
                    reader.GetInt16(4) == Lane.Adds.Number ? Lane.Adds.Name : Lane.Removals.Name,
                    (RunCause)reader.GetInt16(5),
                    (RunState)reader.GetInt16(6),
                    reader.TextOrNull(7),
                    reader.GetFieldValue<DateTimeOffset>(8),
                    reader.GetFieldValue<DateTimeOffset>(9),
                    reader.TimeOrNull(10),
                    reader.GetInt32(11),
                    Count(DeliveryKind.Add),
                    Count(DeliveryKind.Refresh),
                    Count(DeliveryKind.Remove)
                )
            );

            RunCount Count(DeliveryKind kind)
            {
                var place = (int)kind - 1;
                return new RunCount(counts[0][place], counts[1][place], counts[2][place], counts[3][place]);
            }
        }

        return runs;
    }

    private static ExchangeView? Of(CallExchange? exchange) =>
        exchange is null
            ? null
            : new ExchangeView(
                exchange.Method,
                exchange.Path,
                exchange.Requests,
                exchange.Status,
                Parse(exchange.Body),
                exchange.Response is { } response ? Parse(response) : null
            );

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
