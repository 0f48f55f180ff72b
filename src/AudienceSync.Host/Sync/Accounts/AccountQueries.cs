using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Sync.Accounts;

/// <summary>The stored state of an ad account.</summary>
/// <param name="Destination">Its name.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="StoppedCode">Why an operator must act.</param>
/// <param name="BlockedUntil">Until when it must wait.</param>
/// <param name="BlockedCode">Why it must wait.</param>
/// <param name="UsedPercent">The budget use that the platform last reported.</param>
/// <param name="LatencyMs">The average latency of its last calls.</param>
public sealed record AccountCounts(
    string Destination,
    string Platform,
    string? StoppedCode,
    DateTimeOffset? BlockedUntil,
    string? BlockedCode,
    int UsedPercent,
    double LatencyMs
)
{
    /// <summary>Whether an operator holds it.</summary>
    public bool Paused { get; init; }

    /// <summary>Since when every response has been a throttle; null when the last one was not.</summary>
    public DateTimeOffset? ThrottledSince { get; init; }

    /// <summary>Since when an operator must act; null when it is not stopped.</summary>
    public DateTimeOffset? StoppedAt { get; init; }
}

/// <summary>Status queries about ad accounts.</summary>
public sealed class AccountQueries(WorkspaceDatabase database)
{
    private const string AccountsSql = """
        select a.destination, a.platform, a.stopped_code, a.blocked_until, a.blocked_code, a.used_percent, coalesce(l.ms, 0)::float8,
          exists (select from pauses p where p.destination = a.destination and p.remote is null and p.resumed_at is null),
          a.throttled_since, case when a.stopped_code is not null then a.stopped_at end
        from accounts a
        left join lateral (
          select avg(c.latency_ms) as ms from bindings b
          cross join lateral (select k.latency_ms from calls k where k.binding_id = b.binding_id order by k.call_id desc limit 5) c
          where b.destination = a.destination) l on true
        order by a.destination
        """;

    public async Task<IReadOnlyList<AccountCounts>> ReadAsync(CancellationToken cancellationToken)
    {
        var accounts = new List<AccountCounts>();
        await using var command = Sql.Command(database.Query, AccountsSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            accounts.Add(
                new AccountCounts(
                    reader.GetString(0),
                    reader.GetString(1),
                    reader.TextOrNull(2),
                    reader.TimeOrNull(3),
                    reader.TextOrNull(4),
                    reader.GetInt32(5),
                    reader.GetDouble(6)
                )
                {
                    Paused = reader.GetBoolean(7),
                    ThrottledSince = reader.TimeOrNull(8),
                    StoppedAt = reader.TimeOrNull(9),
                }
            );
        }

        return accounts;
    }
}
