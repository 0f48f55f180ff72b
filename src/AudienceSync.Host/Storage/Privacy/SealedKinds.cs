namespace AudienceSync.Host.Storage.Privacy;

/// <summary>What is sealed under a master key, as it is counted.</summary>
public static class SealedKinds
{
    public const string Vault = "vault";

    public const string Secrets = "secrets";

    public const string Bodies = "bodies";

    public const string Quarantine = "quarantine";

    /// <summary>Whether rotation seals it anew. The others go by their retention.</summary>
    public static bool Rotates(string kind) => kind is Vault or Secrets;
}
