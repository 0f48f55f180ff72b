using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Accounts;
using Npgsql;

namespace AudienceSync.Host.Sync.Readings;

/// <summary>A remote audience that is to be read.</summary>
public readonly record struct DueReading(int BindingId, string Remote);

/// <summary>The series of readings. Written by the holder of the account's lease, with the calls that the account has made.</summary>
public sealed class ReadingStore(WorkspaceDatabase database)
{
    /// <summary>The state of a reading to which the platform did not answer.</summary>
    public const string Failed = "failed";

    private const string DueSql = """
        select b.binding_id, b.remote
        from bindings b
        cross join lateral (
          select coalesce(
            (select r.read_at from platform_readings r where r.binding_id = b.binding_id order by r.read_at desc limit 1),
            (select c.sent_at from calls c where c.binding_id = b.binding_id order by c.call_id limit 1)) as at) l
        where b.destination = $1 and b.bound and b.stopped_code is null and l.at <= $2
          and not exists (select from pauses p where p.destination = b.destination and p.remote = b.remote and p.resumed_at is null)
        order by l.at limit 1
        """;

    private const string WriteSql = """
        insert into platform_readings (binding_id, read_at, state, code, at_least, at_most, eligible, match_rate, updated_at, delivered)
        select $1, $2, $3, $4, $5, $6, $7, $8, $9,
          (select count(*) from ledger l where l.binding_id = $1 and l.status = 2)
        on conflict (binding_id, read_at) do nothing
        """;

    private const string LatestSql = """
        select b.binding_id, r.read_at, r.state, r.code, r.at_least, r.at_most, r.eligible, r.match_rate, r.updated_at, r.delivered
        from bindings b
        cross join lateral (
          select * from platform_readings p where p.binding_id = b.binding_id order by p.read_at desc limit 1) r
        """;

    /// <summary>The one that is due for longest; null when none is.</summary>
    /// <param name="destination">The account.</param>
    /// <param name="before">Whose last reading, or first call, was before.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<DueReading?> FindDueAsync(string destination, DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Query, DueSql, Sql.Of(destination), Sql.Of(before));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new DueReading(reader.GetInt32(0), reader.GetString(1)) : null;
    }

    /// <exception cref="LeaseLostException">The account's lease is held by another host.</exception>
    public async Task WriteAsync(
        Lease lease,
        string destination,
        int binding,
        PlatformReading reading,
        (List<BudgetSlot> Slots, List<BudgetSlot> Oldest) budget,
        CancellationToken cancellationToken
    )
    {
        var write = Sql.Command(
            WriteSql,
            Sql.Of(binding),
            Sql.Of(reading.ReadAt),
            Sql.Of(reading.State),
            Sql.Of(reading.Code),
            Sql.OfNullable(reading.AtLeast),
            Sql.OfNullable(reading.AtMost),
            Sql.OfNullable(reading.Eligible),
            Sql.OfNullable((long?)reading.MatchRate),
            Sql.OfNullable(reading.UpdatedAt)
        );
        await using var connection = await database.Query.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(
            connection,
            lease,
            [write, BudgetStore.Write(destination, budget.Slots), BudgetStore.Forget(destination, budget.Oldest)],
            cancellationToken
        );
    }

    /// <summary>The latest reading of each remote audience that has one, by its number.</summary>
    public async Task<IReadOnlyDictionary<int, PlatformReading>> LatestAsync(CancellationToken cancellationToken)
    {
        var latest = new Dictionary<int, PlatformReading>();
        await using var command = Sql.Command(database.Query, LatestSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            latest[reader.GetInt32(0)] = Read(reader);
        }

        return latest;
    }

    private static PlatformReading Read(NpgsqlDataReader reader) =>
        new(
            reader.GetFieldValue<DateTimeOffset>(1),
            reader.GetString(2),
            reader.GetString(3),
            reader.IsDBNull(4) ? null : reader.GetInt64(4),
            reader.IsDBNull(5) ? null : reader.GetInt64(5),
            reader.IsDBNull(6) ? null : reader.GetBoolean(6),
            reader.IsDBNull(7) ? null : reader.GetInt16(7),
            reader.TimeOrNull(8),
            reader.GetInt64(9)
        );
}
