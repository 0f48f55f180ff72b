using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Google;

/// <summary>Asks the scripted faults and plays those that end a call.</summary>
internal static class GoogleFaults
{
    public static readonly FaultScope Scope = new(new Dictionary<FaultOperation, FaultKind[]>
    {
        [FaultOperation.Add] = Members,
        [FaultOperation.Remove] = Members,
        // There are no rows of which a part could be refused.
        [FaultOperation.RemoveAll] = [.. Members.Except([FaultKind.Partial])],
        [FaultOperation.Create] = FaultScope.AccountCalls,
        [FaultOperation.Delete] = FaultScope.AccountCalls,
        [FaultOperation.Status] = FaultScope.AccountCalls,
        [FaultOperation.Token] = FaultScope.AnyCall,
    });

    private static FaultKind[] Members => [.. FaultScope.MemberCalls, FaultKind.Conflict, FaultKind.JobFails, FaultKind.JobLost, FaultKind.JobSlow];

    /// <summary>The fault of the call, after its delay; it may have been played already.</summary>
    public static async Task<(FaultRule? Rule, bool Ended)> AskAsync(
        GoogleCall call, FaultPlan faults, TimeProvider clock, FaultOperation operation, GoogleList? list)
    {
        var rule = faults.Next(GooglePlatform.PlatformName, list?.Id, operation);
        call.Fault = rule?.Kind;
        if (rule?.DelayMs is > 0 and var delayMs)
        {
            // Not bound to the request: a client that hangs up must not undo what the platform goes on to do.
            await Task.Delay(TimeSpan.FromMilliseconds(delayMs), clock);
        }

        switch (rule?.Kind)
        {
            case FaultKind.DropBefore:
                call.Drop();
                return (rule, true);
            case FaultKind.HtmlError:
                await call.HtmlErrorAsync();
                return (rule, true);
            case FaultKind.ListDeleted:
                list?.List.Delete();
                break;
            case FaultKind.HumanEdit:
                list?.List.EditByHand(rule.Seed);
                break;
            case FaultKind.Throttle:
                call.Budget?.AskForSilence();
                break;
            default:
                break;
        }

        if (ErrorOf(call, rule?.Kind, operation) is not { } error)
        {
            return (rule, false);
        }

        await call.RefuseAsync(error);
        return (rule, true);
    }

    /// <summary>The answer, or the dropped connection of a fault that lets the call take effect.</summary>
    public static Task EndAsync(GoogleCall call, FaultRule? rule, Func<Task> answer)
    {
        if (rule?.Kind != FaultKind.DropAfter)
        {
            return answer();
        }

        call.Drop();
        return Task.CompletedTask;
    }

    private static GoogleError? ErrorOf(GoogleCall call, FaultKind? kind, FaultOperation operation)
    {
        switch (kind)
        {
            case FaultKind.Throttle:
                return GoogleError.Exhausted($"{call.QuotaGroup}RequestsPerMinutePerProject");
            case FaultKind.ServerError:
                return GoogleError.Internal;
            case FaultKind.Ban:
                return GoogleError.Denied;
            case FaultKind.Conflict:
                return GoogleError.Aborted;
            case FaultKind.ListDeleted:
                return GoogleError.Invalid("destinations[0].product_destination_id", "INVALID_USER_LIST_ID", "The user list does not exist.");
            case FaultKind.TokenExpired when operation != FaultOperation.Token:
                // The token itself ends, so that only a new one helps.
                call.EndToken();
                return GoogleError.Unauthenticated;
            default:
                return null;
        }
    }
}
