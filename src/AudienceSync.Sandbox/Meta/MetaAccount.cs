namespace AudienceSync.Sandbox.Meta;

/// <summary>An ad account with its customer lists and its budget.</summary>
internal sealed class MetaAccount(string id, TimeProvider clock)
{
    private const int FullAccessCalls = 190_000;
    private const int LimitedAccessCalls = 5_000;
    private const int CallsPerAudience = 40;
    private const int MaxCalls = 700_000;

    public string Id => id;

    /// <summary>The id without <c>act_</c>, as in the usage header and the audience object.</summary>
    public string Number => id[4..];

    public required AccountSettings Settings { get; set; }

    public IReadOnlyList<MetaAudience> Audiences { get; set; } = [];

    public UsageBudget Budget { get; } = new(clock);

    /// <summary>Calls allowed in any sliding hour, contract 13.1; every audience here counts as active.</summary>
    public int CallsPerHour =>
        Settings.CallsPerHour
        ?? Math.Min(
            MaxCalls,
            (Settings.Tier == AccountSettings.StandardAccess ? FullAccessCalls : LimitedAccessCalls) + (CallsPerAudience * Audiences.Count)
        );

    public static string? Validate(AccountSettings settings) =>
        settings switch
        {
            { Account: var account }
                when !account.StartsWith("act_", StringComparison.Ordinal) || !AccountSettings.IsId(account.AsSpan(4)) =>
                "account must be act_ and digits",
            { Tier: not (AccountSettings.StandardAccess or AccountSettings.DevelopmentAccess) } =>
                "tier must be standard_access or development_access",
            { AppSecret: "" } => "app_secret must be null or not empty",
            { CallsPerHour: < 1 } => "calls_per_hour must be at least 1",
            _ => null,
        };
}
