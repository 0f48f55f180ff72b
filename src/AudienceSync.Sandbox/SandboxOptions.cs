namespace AudienceSync.Sandbox;

/// <summary>How one sandbox starts. What it holds lives in memory and ends with the process.</summary>
public sealed record SandboxOptions
{
    /// <summary>Addresses to listen on, separated by semicolons; port 0 takes a free one. Ignored by an in-memory test server.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:5480";

    /// <summary>When set, every <c>/admin</c> call must carry it as a bearer token.</summary>
    public string? AdminToken { get; init; }

    /// <summary>Accounts that exist from the start; more can be added through <c>POST /admin/accounts</c>.</summary>
    public IReadOnlyList<AccountSettings> Accounts { get; init; } = [];
}
