using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Meta;

/// <summary>Asks the scripted faults and plays those that end a call.</summary>
internal sealed class MetaFaults(FaultPlan faults, TimeProvider clock)
{
    public static readonly FaultScope Scope = new(new Dictionary<FaultOperation, FaultKind[]>
    {
        [FaultOperation.Add] = Members,
        [FaultOperation.Remove] = Members,
        [FaultOperation.Replace] = [.. Members, FaultKind.ReplaceFails],
        // It names no list, so no list can be missing or edited.
        [FaultOperation.Erase] = [.. Members.Except([FaultKind.ListDeleted, FaultKind.HumanEdit, FaultKind.ReplaceRunning, FaultKind.Flagged])],
        [FaultOperation.Create] = [.. FaultScope.AccountCalls, FaultKind.ErrorIn200, FaultKind.TermsNotAccepted],
        [FaultOperation.Delete] = [.. FaultScope.AccountCalls, FaultKind.ErrorIn200],
    });

    private static FaultKind[] Members =>
    [
        .. FaultScope.MemberCalls, FaultKind.ErrorIn200, FaultKind.InvalidRows, FaultKind.TermsNotAccepted, FaultKind.Flagged, FaultKind.ReplaceRunning,
    ];

    /// <summary>The fault of the call, after its delay; it may have been played already.</summary>
    public async Task<(FaultKind? Kind, bool Ended)> AskAsync(MetaCall call, MetaAudience? audience, FaultOperation operation)
    {
        var rule = faults.Next(MetaPlatform.PlatformName, audience?.Id, operation);
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
                return (rule.Kind, true);
            case FaultKind.HtmlError:
                await call.HtmlErrorAsync();
                return (rule.Kind, true);
            case FaultKind.Throttle:
                call.Usage = call.Account!.Budget.StateRegain(call.Usage);
                break;
            case FaultKind.ListDeleted:
                audience?.List.Delete();
                break;
            case FaultKind.HumanEdit:
                audience?.List.EditByHand(rule.Seed);
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

    /// <summary>What a fault does to the rows of a call that takes effect.</summary>
    public static void Spoil(UsersUpload upload, FaultKind? kind)
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
                // Counted and answered like any other, and lost.
                upload.Rows.KeepRowsBefore(0);
                break;
            default:
                break;
        }
    }

    /// <summary>The answer, or the dropped connection of a fault that lets the call take effect.</summary>
    public static Task EndAsync(MetaCall call, FaultKind? kind, Func<Task> answer)
    {
        if (kind != FaultKind.DropAfter)
        {
            return answer();
        }

        call.Drop();
        return Task.CompletedTask;
    }

    private static GraphError? ErrorOf(FaultKind? kind, MetaAudience? audience) => kind switch
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
