using AudienceSync.Sandbox.Budgets;

namespace AudienceSync.Sandbox.Google;

/// <summary>The four groups of calls with a separate quota each (contract google 6.6).</summary>
internal sealed record QuotaGroup(string Name, int CallsPerDay)
{
    public static readonly QuotaGroup IngestionMutate = new("IngestionMutate", 100_000);
    public static readonly QuotaGroup IngestionRead = new("IngestionRead", 100_000);
    public static readonly QuotaGroup ManagementMutate = new("ManagementMutate", 50_000);
    public static readonly QuotaGroup ManagementRead = new("ManagementRead", 50_000);
}

/// <summary>Checks access and the remaining quota of the caller's project: access token, then quota.</summary>
internal static class Admission
{
    private const string Scheme = "Bearer ";

    public static GoogleError? Admit(GoogleCall call, GooglePlatform platform, QuotaGroup group)
    {
        var header = call.Context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..] : "";
        if (platform.Tokens.Find(token) is not { } caller || platform.Ordered.FirstOrDefault(caller.MayUse) is not { } first)
        {
            return GoogleError.Unauthenticated;
        }

        (call.Token, call.Caller, call.QuotaGroup) = (token, caller, group.Name);
        call.Budget = platform.CallBudgets.Of(first.Limits.Project, group.Name);
        var result = call.Budget.Take([
            new WindowLimit("minute", TimeSpan.FromMinutes(1), first.Limits.CallsPerMinute),
            new WindowLimit("day", TimeSpan.FromDays(1), first.Limits.CallsPerDay ?? group.CallsPerDay),
        ]);
        call.Violation = result.Violation;
        return result.Refusing switch
        {
            null => null,
            "minute" => GoogleError.Exhausted($"{group.Name}RequestsPerMinutePerProject"),
            _ => GoogleError.Exhausted($"{group.Name}RequestsPerDayPerProject"),
        };
    }
}
