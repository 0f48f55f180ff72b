using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync.Holds;

/// <summary>
/// Determines what a call means for the run of its lane. A member whose call had no conclusive response is sent again, and is planned only
/// once. The ledger shows who that is, except for members that are redelivered: their entry is the same before and after. For these the
/// next call begins with the same members; that count is lost with the process, and then they count again.
/// </summary>
public sealed class RunPlans
{
    private readonly Dictionary<(int BindingId, DeliveryKind Kind), int> _undecided = [];

    /// <summary>The next call of a lane.</summary>
    public RunIntent Of(Binding binding, Lane lane, RunCause cause, MemberOperation operation, IReadOnlyList<MemberDelivery> deliveries)
    {
        var kind =
            operation == MemberOperation.Remove ? DeliveryKind.Remove
            : cause == RunCause.Redelivery
            && deliveries.All(delivery => delivery.Before.Status is LedgerStatus.Adding or LedgerStatus.Delivered)
                ? DeliveryKind.Refresh
            : DeliveryKind.Add;
        var fresh =
            cause == RunCause.Redelivery
                ? Math.Max(0, deliveries.Count - _undecided.GetValueOrDefault((binding.BindingId, kind)))
                : deliveries.Count(delivery => delivery.Unanswered is not { } sent || InDoubtCalls.UnderWay(sent) is null);
        return new RunIntent(lane, cause, kind, deliveries.Count, fresh);
    }

    /// <summary>Its outcome.</summary>
    public void Settle(Binding binding, RunIntent call, DeliveryRow row)
    {
        var key = (binding.BindingId, call.Kind);
        var before = Math.Max(0, _undecided.GetValueOrDefault(key) - call.Members);
        _undecided[key] = before + row.InDoubt;
    }
}
