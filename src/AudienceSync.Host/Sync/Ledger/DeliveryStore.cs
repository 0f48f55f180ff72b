using AudienceSync.Domain.Syncing;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Jobs;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Residuals;
using AudienceSync.Host.Sync.Runs;
using Npgsql;

namespace AudienceSync.Host.Sync.Ledger;

/// <summary>
/// The two transactions around a call: its intent and its outcome. Both hold the account's lease, so a host that lost the account can no
/// longer move a lane or touch the ledger.
/// </summary>
public sealed class DeliveryStore(WorkspaceDatabase database)
{
    /// <summary>
    /// Writes into the ledger what is about to be sent to the platform. Must be durable before the call is sent. Keeps the lease for as
    /// long as the call may take: if the account were another host's in the meantime, a late add could arrive after that host's removal
    /// without being noticed.
    /// </summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host; the call must not be made.</exception>
    public Task WriteIntentAsync(
        Lease lease,
        Binding binding,
        MemberIntent intent,
        (List<BudgetSlot> Slots, List<BudgetSlot> Oldest) budget,
        TimeSpan callTimeout,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        List<NpgsqlBatchCommand> commands =
        [
            .. ResidualStore.Write(binding, intent.Lost, now),
            RunStore.Intent(binding, intent.Run, now),
            .. intent.Residuals.Count > 0 ? new[] { ResidualStore.MarkSent(binding, intent.Residuals, now) } : [],
            .. LedgerStore.Insert(binding, [.. intent.Rows.Where(change => change.IsNew)], now),
            .. LedgerStore.Update(binding, [.. intent.Rows.Where(change => !change.IsNew)], now),
        ];
        if (budget.Slots.Count > 0)
        {
            commands.Add(BudgetStore.Write(binding.Destination, budget.Slots));
            commands.Add(BudgetStore.Forget(binding.Destination, budget.Oldest));
        }

        return WriteAsync(lease, callTimeout + lease.Time, commands, cancellationToken);
    }

    /// <summary>Records a response: ledger, residual deliveries, lanes, account and call, or nothing of it.</summary>
    /// <exception cref="LeaseLostException">The account's lease is held by another host, which will find the intent and resend
    /// it.</exception>
    public Task WriteOutcomeAsync(
        Lease lease,
        Binding binding,
        OutcomeWrite outcome,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (lane, state) = outcome;
        var (call, marks) = (outcome.Call, outcome.Marks);
        var hasGrown = call is { Operation: MemberOperation.Add, Outcome: OutcomeKind.Done or OutcomeKind.PartlyDone };
        List<NpgsqlBatchCommand> commands =
        [
            .. call is null ? [] : CallStore.Write(lease, binding, lane, call),
            .. RunStore.Write(binding, lane, outcome.Run, marks?.EndsRun ?? false, hasCall: call is not null, now),
            .. call?.Job is { } job ? new[] { JobStore.Accept(binding, call, job, now) } : [],
            // Each of them has had a row since the intent.
            .. LedgerStore.Update(binding, outcome.Ledger, now),
            LaneStore.Write(binding, lane, state, hasGrown, now),
            .. AccountStore.Write(binding, state, now) is { } account ? new[] { account } : [],
            .. ResidualStore.Write(binding, [.. outcome.Residuals, .. marks?.Residuals ?? []], now),
            .. marks is null ? [] : Marks(binding, marks),
        ];
        return WriteAsync(lease, lease.Time, commands, cancellationToken);
    }

    private static IEnumerable<NpgsqlBatchCommand> Marks(Binding binding, PageMarks marks) =>
        [
            .. LedgerStore.Mark(binding, marks.Processed, redeliver: false),
            .. LedgerStore.Mark(binding, marks.Later, redeliver: true),
            .. marks.Redeliver.Count > 0 ? new[] { HolderStore.Redeliver(binding, marks.Redeliver) } : [],
        ];

    private async Task WriteAsync(
        Lease lease,
        TimeSpan time,
        IReadOnlyList<NpgsqlBatchCommand> commands,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.Hot.OpenConnectionAsync(cancellationToken);
        await LeaseStore.WriteAsync(connection, lease, time, commands, cancellationToken);
    }
}
