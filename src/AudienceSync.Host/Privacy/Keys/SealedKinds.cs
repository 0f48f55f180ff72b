namespace AudienceSync.Host.Privacy.Keys;

/// <summary>The kinds of rows that are sealed under a master key, as they are counted.</summary>
public static class SealedKinds
{
    public const string Vault = "vault";

    public const string Secrets = "secrets";

    public const string Bodies = "bodies";

    public const string Calls = "calls";

    /// <summary>Bodies of reports.</summary>
    public const string Reports = "reports";

    public const string Quarantine = "quarantine";

    /// <summary>Whether rotation reseals it. The others are dropped by their retention.</summary>
    public static bool Rotates(string kind) => kind is Vault or Secrets;
}
