using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Faults;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Webhook;

/// <summary>Asks the scripted faults and plays those that end a call.</summary>
internal static class WebhookFaults
{
    /// <summary>The fault of the call, after its delay; it may have been played already.</summary>
    public static async Task<(FaultKind? Kind, bool Ended)> AskAsync(
        WebhookCall call, FaultPlan faults, TimeProvider clock, FaultOperation operation, AudienceList list, WindowedBudget budget)
    {
        var rule = faults.Next(WebhookPlatform.PlatformName, list.Audience, operation);
        call.Fault = rule?.Kind;
        if (rule?.DelayMs is > 0 and var delayMs)
        {
            // Not bound to the request: a client that hangs up must not undo what the receiver goes on to do.
            await Task.Delay(TimeSpan.FromMilliseconds(delayMs), clock);
        }

        return (rule?.Kind, await PlayAsync(call, rule, list, budget));
    }

    /// <summary>True when the fault ended the call.</summary>
    private static async Task<bool> PlayAsync(WebhookCall call, FaultRule? rule, AudienceList list, WindowedBudget budget)
    {
        switch (rule?.Kind)
        {
            case FaultKind.DropBefore:
                await call.DropAsync();
                return true;
            case FaultKind.HtmlError:
                await call.HtmlErrorAsync();
                return true;
            case FaultKind.Throttle:
                budget.AskForSilence();
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
                list.Delete();
                await call.RefuseAsync(StatusCodes.Status410Gone, "no_such_list");
                return true;
            case FaultKind.HumanEdit:
                list.EditByHand(rule.Seed);
                return false;
            default:
                return false;
        }
    }
}
