using AudienceSync.Domain.Syncing;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Syncing;

/// <summary>
/// Determines what a call means for the run of its lane. A member whose call had no conclusive response is sent again, and is planned only
/// once: the next call of the same kind begins with those members. The count is lost with the process, and then such members count again.
/// </summary>
public sealed class RunPlans
{
    private readonly Dictionary<(int BindingId, DeliveryKind Kind), int> _undecided = [];
    private int _bindingId;

    /// <summary>The next call of a lane.</summary>
    public RunIntent Of(Binding binding, Lane lane, RunCause cause, MemberOperation operation, IReadOnlyList<MemberDelivery> deliveries)
    {
        var kind = operation == MemberOperation.Remove ? DeliveryKind.Remove
            : cause == RunCause.Redelivery && deliveries.All(delivery => delivery.Before.Status is LedgerStatus.Adding or LedgerStatus.Delivered) ? DeliveryKind.Refresh
            : DeliveryKind.Add;
        _bindingId = binding.BindingId;
        return new RunIntent(lane, cause, kind, deliveries.Count, Math.Max(0, deliveries.Count - _undecided.GetValueOrDefault((_bindingId, kind))));
    }

    /// <summary>Its outcome.</summary>
    public void Settle(RunIntent call, DeliveryRow row)
    {
        var key = (_bindingId, call.Kind);
        var before = Math.Max(0, _undecided.GetValueOrDefault(key) - call.Members);
        _undecided[key] = before + row.InDoubt;
    }
}
