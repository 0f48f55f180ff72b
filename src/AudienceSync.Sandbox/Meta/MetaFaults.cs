using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Meta;

/// <summary>The scripted faults in Meta's format.</summary>
internal sealed class MetaFaults(FaultPlan faults, TimeProvider clock)
{
    public static readonly FaultScope Scope = new(
        new Dictionary<FaultOperation, FaultKind[]>
        {
            [FaultOperation.Add] = Members,
            [FaultOperation.Remove] = Members,
            [FaultOperation.Replace] = [.. Members, FaultKind.ReplaceFails],
            // The call names no list, so no list can be missing or edited.
            [FaultOperation.Erase] =
            [
                .. Members.Except([FaultKind.ListDeleted, FaultKind.HumanEdit, FaultKind.ReplaceRunning, FaultKind.Flagged]),
            ],
            [FaultOperation.Create] = [.. FaultScope.AccountCalls, FaultKind.ErrorIn200, FaultKind.TermsNotAccepted],
            [FaultOperation.Delete] = [.. FaultScope.AccountCalls, FaultKind.ErrorIn200],
        }
    );

    private static FaultKind[] Members =>
        [
            .. FaultScope.MemberCalls,
            FaultKind.ErrorIn200,
            FaultKind.InvalidRows,
            FaultKind.TermsNotAccepted,
            FaultKind.Flagged,
            FaultKind.ReplaceRunning,
        ];

    /// <summary>The fault of the call, after its delay; it may already have been applied.</summary>
    public async Task<(FaultKind? Kind, bool Ended)> InjectAsync(MetaCall call, MetaAudience? audience, FaultOperation operation)
    {
        var (rule, ended) = await call.InjectFaultAsync(faults, clock, operation, audience?.Id, audience?.List);
        if (ended)
        {
            return (rule?.Kind, true);
        }

        switch (rule?.Kind)
        {
            case FaultKind.Throttle:
                call.Usage = call.Account!.Budget.StateRegain(call.Usage);
                break;
            case FaultKind.ReplaceFails:
                audience?.FailReplacement();
                break;
            default:
                break;
        }

        if (ErrorOf(rule?.Kind, audience) is not { } error)
        {
            return (rule?.Kind, false);
        }

        await call.RefuseAsync(error);
        return (rule?.Kind, true);
    }

    /// <summary>Applies a fault to the rows of a call that takes effect.</summary>
    public static void ApplyFault(UsersUpload upload, FaultKind? kind)
    {
        switch (kind)
        {
            case FaultKind.InvalidRows:
                upload.RejectFirstRow();
                break;
            case FaultKind.Partial:
                upload.RejectSecondHalf();
                break;
            case FaultKind.SilentDrop:
                // Counted and acknowledged like any other call, but lost.
                upload.Rows.KeepRowsBefore(0);
                break;
            default:
                break;
        }
    }

    private static GraphError? ErrorOf(FaultKind? kind, MetaAudience? audience) =>
        kind switch
        {
            FaultKind.Throttle => GraphError.Throttled,
            FaultKind.ServerError => GraphError.ServiceDown,
            FaultKind.ErrorIn200 => GraphError.UnknownIn200,
            FaultKind.TokenExpired => GraphError.ExpiredToken,
            FaultKind.Ban => GraphError.AccountDisabled,
            FaultKind.TermsNotAccepted => GraphError.TermsNotAccepted,
            FaultKind.Flagged => GraphError.Flagged,
            FaultKind.ReplaceRunning => GraphError.ReplaceRunning,
            FaultKind.ReplaceFails => GraphError.ReplaceFailed,
            FaultKind.ListDeleted => GraphError.Missing(audience?.Id ?? ""),
            _ => null,
        };
}
