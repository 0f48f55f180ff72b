using AudienceSync.Sandbox.Budgets;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>
/// Checks access and the remaining budget of the caller: token, then the app's budget for the endpoint, then advertisers.
/// </summary>
internal static class Admission
{
    /// <summary>When the minute limit is reached, the endpoint is blocked for this long (contract tiktok 9).</summary>
    private static readonly TimeSpan MinuteBlock = TimeSpan.FromMinutes(5);

    public static TikTokError? Admit(TikTokCall call, TikTokPlatform platform, string endpoint)
    {
        var token = call.Context.Request.Headers["Access-Token"].ToString();
        if (token.Length == 0)
        {
            return TikTokError.NoToken;
        }

        if (platform.FirstWithToken(token) is not { } app)
        {
            return TikTokError.BadToken;
        }

        (call.Token, call.App) = (token, app);
        var result = BudgetOf(platform, app, endpoint).Take(Limits(app.Limits));
        call.Violation = result.Violation;
        return result.Refusing is null ? null : TikTokError.Throttled;
    }

    /// <summary>The app is identified by the first of its advertisers, because its token is a secret.</summary>
    public static WindowedBudget BudgetOf(TikTokPlatform platform, TikTokAccount app, string endpoint) =>
        platform.CallBudgets.Of($"app of {app.Id}", endpoint.TrimEnd('/'));

    /// <summary>Checks that the advertiser exists, is accessible to the caller and has budget left.</summary>
    public static TikTokError? Advertiser(TikTokCall call, TikTokPlatform platform, string id, out TikTokAccount account)
    {
        account = platform.FindAccount(id)!;
        if (account is null)
        {
            return TikTokError.NoAdvertiser(id.Length <= 40 ? id : id[..40]);
        }

        if (!call.MayUse(account))
        {
            return TikTokError.NoPermission(id);
        }

        if (account.Limits.AdvertiserCallsPerSecond is not { } limit)
        {
            return null;
        }

        var result = platform.CallBudgets.Of($"advertiser {id}", "all").Take([new WindowLimit("second", TimeSpan.FromSeconds(1), limit)]);
        call.Violation |= result.Violation;
        return result.Refusing is null ? null : TikTokError.AdvertiserThrottled(id, limit);
    }

    private static IReadOnlyList<WindowLimit> Limits(TikTokSettings limits) =>
        [
            new("second", TimeSpan.FromSeconds(1), limits.CallsPerSecond),
            new("minute", TimeSpan.FromMinutes(1), limits.CallsPerMinute, MinuteBlock),
            new("day", TimeSpan.FromDays(1), limits.CallsPerDay),
        ];
}
