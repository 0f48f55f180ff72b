using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Sync.Accounts;

/// <summary>Calls made in one slot of one window of an account.</summary>
public readonly record struct BudgetSlot(string Allowance, long Slot, int Calls);

/// <summary>What an account has used. Read by the host that takes over the account; written only together with an intent.</summary>
public sealed class BudgetStore(WorkspaceDatabase database)
{
    private const string ReadSql = "select allowance, slot, calls from budgets where destination = $1";

    private const string WriteSql = """
        insert into budgets (destination, allowance, slot, calls)
        select $1, d.allowance, d.slot, d.calls from unnest($2::text[], $3::bigint[], $4::int[]) as d(allowance, slot, calls)
        on conflict (destination, allowance, slot) do update set calls = excluded.calls
        """;

    private const string ForgetSql = """
        delete from budgets b using (select * from unnest($2::text[], $3::bigint[]) limit cardinality($2)) as d(allowance, oldest)
        where b.destination = $1 and b.allowance = d.allowance and b.slot < d.oldest
        """;

    private const string UsageSql = "select used_percent, usage_at from accounts where destination = $1";

    public async Task<List<BudgetSlot>> ReadAsync(string destination, CancellationToken cancellationToken)
    {
        var slots = new List<BudgetSlot>();
        await using var command = Sql.Command(database.Hot, ReadSql, Sql.Of(destination));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            slots.Add(new BudgetSlot(reader.GetString(0), reader.GetInt64(1), reader.GetInt32(2)));
        }

        return slots;
    }

    /// <summary>What the platform last reported: how much is used, and when; null when it never did.</summary>
    public async Task<(int UsedPercent, DateTimeOffset At)?> ReadUsageAsync(string destination, CancellationToken cancellationToken)
    {
        await using var command = Sql.Command(database.Hot, UsageSql, Sql.Of(destination));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) && reader.TimeOrNull(1) is { } at ? (reader.GetInt32(0), at) : null;
    }

    /// <summary>Slots as they are from now on; to be run in a transaction that holds the account's lease.</summary>
    internal static NpgsqlBatchCommand Write(string destination, IReadOnlyCollection<BudgetSlot> slots) =>
        Sql.Command(
            WriteSql,
            Sql.Of(destination),
            Sql.Of(slots.Select(slot => slot.Allowance).ToList()),
            Sql.Of(slots.Select(slot => slot.Slot).ToList()),
            Sql.Of(slots.Select(slot => slot.Calls).ToList())
        );

    /// <summary>Deletes what has left its window.</summary>
    internal static NpgsqlBatchCommand Forget(string destination, IReadOnlyCollection<BudgetSlot> oldest) =>
        Sql.Command(
            ForgetSql,
            Sql.Of(destination),
            Sql.Of(oldest.Select(slot => slot.Allowance).ToList()),
            Sql.Of(oldest.Select(slot => slot.Slot).ToList())
        );
}
