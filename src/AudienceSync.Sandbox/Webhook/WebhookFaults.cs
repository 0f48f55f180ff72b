using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Faults;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Webhook;

/// <summary>The scripted faults in the receiver's format.</summary>
internal static class WebhookFaults
{
    /// <summary>The fault of the call, after its delay; it may already have been applied.</summary>
    public static async Task<(FaultKind? Kind, bool Ended)> InjectAsync(
        WebhookCall call,
        FaultPlan faults,
        TimeProvider clock,
        FaultOperation operation,
        AudienceList list,
        WindowedBudget budget
    )
    {
        var (rule, ended) = await call.InjectFaultAsync(faults, clock, operation, list.Audience, list);
        return (rule?.Kind, ended || await ApplyAsync(call, rule?.Kind, budget));
    }

    /// <summary>True when the fault completed the call.</summary>
    private static async Task<bool> ApplyAsync(WebhookCall call, FaultKind? fault, WindowedBudget budget)
    {
        switch (fault)
        {
            case FaultKind.Throttle:
                budget.StartBackoff();
                await call.ThrottleAsync(call.At);
                return true;
            case FaultKind.ServerError:
                await call.RefuseAsync(StatusCodes.Status500InternalServerError, "broken");
                return true;
            case FaultKind.TokenExpired:
                await call.RefuseAsync(StatusCodes.Status401Unauthorized, "signature_refused");
                return true;
            case FaultKind.Ban:
                await call.RefuseAsync(StatusCodes.Status403Forbidden, "account_closed");
                return true;
            case FaultKind.ListDeleted:
                await call.RefuseAsync(StatusCodes.Status410Gone, "no_such_list");
                return true;
            default:
                return false;
        }
    }
}
