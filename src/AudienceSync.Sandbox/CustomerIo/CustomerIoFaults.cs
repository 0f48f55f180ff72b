using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>The scripted faults in the format of the Track API.</summary>
internal sealed class CustomerIoFaults(FaultPlan faults, TimeProvider clock)
{
    public static readonly FaultScope Scope = new(
        new Dictionary<FaultOperation, FaultKind[]>
        {
            [FaultOperation.Feedback] =
            [
                .. FaultScope.AnyCall,
                FaultKind.BadRequest,
                FaultKind.Partial,
                FaultKind.InvalidRows,
                FaultKind.SilentDrop,
            ],
            [FaultOperation.Metrics] =
            [
                FaultKind.Delay,
                FaultKind.DropBefore,
                FaultKind.DropAfter,
                FaultKind.ServerError,
                FaultKind.HtmlError,
                FaultKind.SilentDrop,
            ],
        }
    );

    /// <summary>The fault of the call, after its delay; it may already have ended the call.</summary>
    public async Task<(FaultKind? Kind, bool Ended)> InjectAsync(CustomerIoCall call, FaultOperation operation, bool v1)
    {
        var (rule, ended) = await call.InjectFaultAsync(faults, clock, operation, audience: null, list: null);
        if (ended)
        {
            return (rule?.Kind, true);
        }

        switch (rule?.Kind)
        {
            case FaultKind.ServerError:
                await call.FailAsync();
                return (rule.Kind, true);
            case FaultKind.TokenExpired:
                await call.RefuseCredentialsAsync();
                return (rule.Kind, true);
            case FaultKind.BadRequest:
                await (v1 ? call.RefuseV1Async(ItemError.ScriptedInvalid.Message) : call.RefuseAsync(ItemError.ScriptedInvalid));
                return (rule.Kind, true);
            default:
                return (rule?.Kind, false);
        }
    }
}
