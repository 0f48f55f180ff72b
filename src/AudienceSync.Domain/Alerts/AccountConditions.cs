namespace AudienceSync.Domain.Alerts;

/// <summary>The rules about ad accounts.</summary>
internal static class AccountConditions
{
    /// <summary>Longer than any throttle that passes by itself: quotas of platforms are hourly and daily.</summary>
    public static readonly TimeSpan ThrottledFor = TimeSpan.FromHours(2);

    public static readonly TimeSpan PausedFor = TimeSpan.FromHours(24);

    /// <summary>With fewer, one in a hundred means nothing.</summary>
    public const int LeastRemovals = 20;

    /// <summary>Times the goal from which it is critical.</summary>
    private const int CriticalGoals = 10;

    // What the platforms answer to a token that is expired, revoked or wrong (the tables of the connectors).
    private static readonly string[] TokenCodes =
    [
        "meta_190",
        "meta_102",
        "google_token_",
        "google_unauthenticated",
        "tiktok_40102",
        "tiktok_40104",
        "tiktok_40105",
    ];

    public static IEnumerable<AlertCondition> Of(AccountReading account, AlertSettings settings, DateTimeOffset now)
    {
        if (account.StoppedCode is { } code)
        {
            yield return Of(
                account,
                IsOfToken(code) ? AlertRules.TokenRefused : AlertRules.AccountStopped,
                AlertSeverity.Critical,
                [new("code", code), .. Since(account.StoppedAt, now)]
            );
        }

        if (account.ThrottledSince is { } throttled && now - throttled >= ThrottledFor)
        {
            yield return Of(account, AlertRules.AccountThrottled, AlertSeverity.Critical, Since(throttled, now));
        }

        if (account.PausedAt is { } paused && now - paused >= PausedFor)
        {
            yield return Of(account, AlertRules.AccountPaused, AlertSeverity.Warning, Since(paused, now));
        }

        if (account.Version is { } version)
        {
            var severity = version.HasEnded ? AlertSeverity.Critical : AlertSeverity.Warning;
            yield return Of(account, AlertRules.VersionEnds, severity, [new("code", version.Code)]);
        }

        if (account.Removals >= LeastRemovals && account.RemovalP99S > settings.RemovalGoal.TotalSeconds)
        {
            yield return Latency(account, settings.RemovalGoal);
        }
    }

    private static AlertCondition Latency(AccountReading account, TimeSpan goal) =>
        Of(
            account,
            AlertRules.RemovalLatency,
            account.RemovalP99S > goal.TotalSeconds * CriticalGoals ? AlertSeverity.Critical : AlertSeverity.Warning,
            [
                new("p99 of the last hour", AlertText.Duration(TimeSpan.FromSeconds(account.RemovalP99S))),
                new("goal", AlertText.Duration(goal)),
                new("removals", AlertText.Number(account.Removals)),
            ]
        );

    internal static bool IsOfToken(string code) => TokenCodes.Any(token => code.StartsWith(token, StringComparison.Ordinal));

    internal static IReadOnlyList<AlertFact> Since(DateTimeOffset? since, DateTimeOffset now) =>
        since is { } began ? [new("since", AlertText.Moment(began)), new("for", AlertText.Duration(now - began))] : [];

    private static AlertCondition Of(AccountReading account, AlertRule rule, AlertSeverity severity, IReadOnlyList<AlertFact> facts) =>
        new(rule, account.Destination, severity, facts) { Destination = account.Destination };
}
