using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Google;

/// <summary>The scripted faults in Google's format.</summary>
internal static class GoogleFaults
{
    public static readonly FaultScope Scope = new(
        new Dictionary<FaultOperation, FaultKind[]>
        {
            [FaultOperation.Add] = Members,
            [FaultOperation.Remove] = Members,
            // There are no rows that could be refused in part.
            [FaultOperation.RemoveAll] = [.. Members.Except([FaultKind.Partial])],
            [FaultOperation.Create] = FaultScope.AccountCalls,
            [FaultOperation.Delete] = FaultScope.AccountCalls,
            [FaultOperation.Status] = FaultScope.AccountCalls,
            [FaultOperation.Token] = FaultScope.AnyCall,
        }
    );

    private static FaultKind[] Members =>
        [.. FaultScope.MemberCalls, FaultKind.Conflict, FaultKind.JobFails, FaultKind.JobLost, FaultKind.JobSlow];

    /// <summary>The fault of the call, after its delay; it may already have been applied.</summary>
    public static async Task<(FaultRule? Rule, bool Ended)> InjectAsync(
        GoogleCall call,
        FaultPlan faults,
        TimeProvider clock,
        FaultOperation operation,
        GoogleList? list
    )
    {
        var (rule, ended) = await call.InjectFaultAsync(faults, clock, operation, list?.Id, list?.List);
        if (ended)
        {
            return (rule, true);
        }

        if (ErrorOf(call, rule?.Kind, operation) is not { } error)
        {
            return (rule, false);
        }

        await call.RefuseAsync(error);
        return (rule, true);
    }

    private static GoogleError? ErrorOf(GoogleCall call, FaultKind? kind, FaultOperation operation)
    {
        switch (kind)
        {
            case FaultKind.Throttle:
                call.Budget?.StartBackoff();
                return GoogleError.Exhausted($"{call.QuotaGroup}RequestsPerMinutePerProject");
            case FaultKind.ServerError:
                return GoogleError.Internal;
            case FaultKind.Ban:
                return GoogleError.Denied;
            case FaultKind.Conflict:
                return GoogleError.Aborted;
            case FaultKind.ListDeleted:
                return GoogleError.Invalid(
                    "destinations[0].product_destination_id",
                    "INVALID_USER_LIST_ID",
                    "The user list does not exist."
                );
            case FaultKind.TokenExpired when operation != FaultOperation.Token:
                // The token itself is revoked, so that only a new token works.
                call.EndToken();
                return GoogleError.Unauthenticated;
            default:
                return null;
        }
    }
}
