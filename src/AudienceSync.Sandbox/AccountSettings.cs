namespace AudienceSync.Sandbox;

/// <summary>An ad account as the configuration file and <c>POST /admin/accounts</c> give it (JSON names in snake case).</summary>
public sealed record AccountSettings
{
    /// <summary><c>act_</c> and digits.</summary>
    public required string Account { get; init; }

    /// <summary>The access token that may use the account. Several accounts may share one.</summary>
    public required string Token { get; init; }

    /// <summary><c>standard_access</c> (the higher one) or <c>development_access</c>, contract meta 13.1.</summary>
    public string Tier { get; init; } = StandardAccess;

    /// <summary>When set, every call needs a valid <c>appsecret_proof</c>.</summary>
    public string? AppSecret { get; init; }

    /// <summary>Replaces the tier's formula for the calls allowed in any sliding hour.</summary>
    public int? CallsPerHour { get; init; }

    /// <summary>Ids of the customer lists of the account, decimal.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    internal const string StandardAccess = "standard_access";
    internal const string DevelopmentAccess = "development_access";

    // The compiler's version would print the token and the secret into any log line or assertion.
    public override string ToString() => $"AccountSettings {{ Account = {Account} }}";

    /// <summary>What is wrong, in words without secrets; null when the settings can be used.</summary>
    internal string? Complaint() => this switch
    {
        { Account: var account } when !account.StartsWith("act_", StringComparison.Ordinal) || !IsId(account.AsSpan(4)) =>
            "account must be act_ and digits",
        { Token: var token } when string.IsNullOrWhiteSpace(token) => "token must not be empty",
        { Tier: not (StandardAccess or DevelopmentAccess) } => "tier must be standard_access or development_access",
        { AppSecret: "" } => "app_secret must be null or not empty",
        { CallsPerHour: < 1 } => "calls_per_hour must be at least 1",
        { Audiences: var audiences } when audiences.Any(id => !IsId(id)) => "audiences must be ids of digits",
        _ => null,
    };

    private static bool IsId(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 20 && !text.ContainsAnyExceptInRange('0', '9');
}
