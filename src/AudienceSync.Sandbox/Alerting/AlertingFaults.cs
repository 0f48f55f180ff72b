using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Alerting;

/// <summary>The faults of services that alert people.</summary>
internal static class AlertingFaults
{
    public static readonly FaultScope Scope = new(
        new Dictionary<FaultOperation, FaultKind[]>
        {
            [FaultOperation.Alert] = [.. FaultScope.AnyCall, FaultKind.Throttle, FaultKind.BadRequest, FaultKind.Ban, FaultKind.ErrorIn200],
        }
    );
}
