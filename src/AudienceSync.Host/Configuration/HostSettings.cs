namespace AudienceSync.Host.Configuration;

/// <summary>What the environment says: where to listen, where the data is, where the configuration and the master key are.</summary>
public sealed record HostSettings(
    string Urls,
    string DataFolder,
    string? Postgres,
    string ConfigPath,
    string? MasterKeyFile,
    string? MasterKey,
    bool JsonLog,
    string LogLevel)
{
    public const string DefaultUrls = "http://127.0.0.1:5400";

    public static HostSettings FromEnvironment(Func<string, string?> read) => new(
        Read(read, "AUDIENCESYNC_URLS") ?? DefaultUrls,
        Path.GetFullPath(Read(read, "AUDIENCESYNC_DATA") ?? ".data"),
        Read(read, "AUDIENCESYNC_POSTGRES"),
        Path.GetFullPath(Read(read, "AUDIENCESYNC_CONFIG") ?? "audiencesync.yaml"),
        Read(read, "AUDIENCESYNC_MASTER_KEY_FILE"),
        Read(read, "AUDIENCESYNC_MASTER_KEY"),
        string.Equals(Read(read, "AUDIENCESYNC_LOG"), "json", StringComparison.OrdinalIgnoreCase),
        Read(read, "AUDIENCESYNC_LOG_LEVEL") ?? "Information");

    /// <summary>Secrets do not print.</summary>
    public override string ToString() => $"HostSettings({Urls}, {DataFolder})";

    private static string? Read(Func<string, string?> read, string name) => read(name) is { Length: > 0 } value ? value : null;
}
