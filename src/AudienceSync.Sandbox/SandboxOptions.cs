namespace AudienceSync.Sandbox;

/// <summary>Startup options of a sandbox. All state is in memory and is lost when the process ends.</summary>
public sealed record SandboxOptions
{
    /// <summary>Addresses to listen on, separated by semicolons; port 0 selects a free port. Ignored by an in-memory test server.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:5480";

    /// <summary>When set, every <c>/admin</c> call must send it as a bearer token.</summary>
    public string? AdminToken { get; init; }

    /// <summary>Accounts that exist from the start; more can be added through <c>POST /admin/accounts</c>.</summary>
    public IReadOnlyList<AccountSettings> Accounts { get; init; } = [];
}
