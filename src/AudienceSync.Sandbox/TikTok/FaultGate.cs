using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>Asks the scripted faults and plays those that end a call.</summary>
internal sealed class FaultGate(FaultPlan faults, TimeProvider clock)
{
    public static readonly FaultScope Scope = new(new Dictionary<FaultOperation, FaultKind[]>
    {
        [FaultOperation.Add] = Members,
        [FaultOperation.Remove] = Members,
        [FaultOperation.Create] = FaultScope.AccountCalls,
        [FaultOperation.Delete] = FaultScope.AccountCalls,
    });

    private static FaultKind[] Members => [.. FaultScope.MemberCalls, FaultKind.Conflict, FaultKind.NotEditable];

    /// <summary>The fault of the call, after its delay; it may have been played already.</summary>
    public async Task<(FaultRule? Rule, bool Ended)> AskAsync(
        TikTokCall call, TikTokPlatform platform, FaultOperation operation, TikTokAudience? audience, string endpoint)
    {
        var rule = faults.Next(TikTokPlatform.PlatformName, audience?.Id, operation);
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
            case FaultKind.Throttle:
                Admission.BudgetOf(platform, call.App!, endpoint).AskForSilence();
                break;
            case FaultKind.ListDeleted:
                audience?.List.Delete();
                break;
            case FaultKind.HumanEdit:
                audience?.List.EditByHand(rule.Seed);
                break;
            default:
                break;
        }

        if (ErrorOf(rule?.Kind, audience) is not { } error)
        {
            return (rule, false);
        }

        await call.RefuseAsync(error);
        return (rule, true);
    }

    /// <summary>The answer, or the dropped connection of a fault that lets the call take effect.</summary>
    public static Task EndAsync(TikTokCall call, FaultRule? rule, Func<Task> answer)
    {
        if (rule?.Kind != FaultKind.DropAfter)
        {
            return answer();
        }

        call.Drop();
        return Task.CompletedTask;
    }

    private static TikTokError? ErrorOf(FaultKind? kind, TikTokAudience? audience) => kind switch
    {
        FaultKind.Throttle => TikTokError.Throttled,
        FaultKind.ServerError => TikTokError.System,
        FaultKind.TokenExpired => TikTokError.ExpiredToken,
        FaultKind.Ban => TikTokError.Suspended,
        FaultKind.NotEditable => TikTokError.NotEditable,
        FaultKind.Conflict => TikTokError.Conflict,
        FaultKind.ListDeleted => TikTokError.Missing(audience?.Id ?? ""),
        _ => null,
    };
}
