using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>The scripted faults as TikTok shows them.</summary>
internal sealed class TikTokFaults(FaultPlan faults, TimeProvider clock)
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
        var (rule, ended) = await call.PlayAsync(faults, clock, operation, audience?.Id, audience?.List);
        if (ended)
        {
            return (rule, true);
        }

        if (rule?.Kind == FaultKind.Throttle)
        {
            Admission.BudgetOf(platform, call.App!, endpoint).AskForSilence();
        }

        if (ErrorOf(rule?.Kind, audience) is not { } error)
        {
            return (rule, false);
        }

        await call.RefuseAsync(error);
        return (rule, true);
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
