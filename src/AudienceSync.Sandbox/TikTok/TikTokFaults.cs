using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>The scripted faults in TikTok's format.</summary>
internal sealed class TikTokFaults(FaultPlan faults, TimeProvider clock)
{
    public static readonly FaultScope Scope = new(
        new Dictionary<FaultOperation, FaultKind[]>
        {
            [FaultOperation.Add] = Members,
            [FaultOperation.Remove] = Members,
            [FaultOperation.Create] = FaultScope.AccountCalls,
            [FaultOperation.Delete] = FaultScope.AccountCalls,
        }
    );

    private static FaultKind[] Members => [.. FaultScope.MemberCalls, FaultKind.Conflict, FaultKind.NotEditable];

    /// <summary>The fault of the call, after its delay; it may already have been applied.</summary>
    public async Task<(FaultRule? Rule, bool Ended)> InjectAsync(
        TikTokCall call,
        TikTokPlatform platform,
        FaultOperation operation,
        TikTokAudience? audience,
        string endpoint
    )
    {
        var (rule, ended) = await call.InjectFaultAsync(faults, clock, operation, audience?.Id, audience?.List);
        if (ended)
        {
            return (rule, true);
        }

        if (rule?.Kind == FaultKind.Throttle)
        {
            Admission.BudgetOf(platform, call.App!, endpoint).StartBackoff();
        }

        if (ErrorOf(rule?.Kind, audience) is not { } error)
        {
            return (rule, false);
        }

        await call.RefuseAsync(error);
        return (rule, true);
    }

    private static TikTokError? ErrorOf(FaultKind? kind, TikTokAudience? audience) =>
        kind switch
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
