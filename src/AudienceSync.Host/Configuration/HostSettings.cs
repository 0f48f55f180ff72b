using System.Globalization;

namespace AudienceSync.Host.Configuration;

/// <summary>The settings of the environment: where to listen, where the data is, where the configuration and the master key are.</summary>
public sealed record HostSettings(
    string Urls,
    string DataFolder,
    string? Postgres,
    string ConfigPath,
    string? MasterKeyFile,
    string? MasterKey,
    bool JsonLog,
    string LogLevel
)
{
    public const string DefaultUrls = "http://127.0.0.1:5400";

    /// <summary>The minimum time for which a silent Host keeps its work from other Hosts, whatever the setting is.</summary>
    public const int MinLeaseS = 2;

    public const int MaxLeaseS = 300;

    public const string ByAgents = "agents";

    public const string ByLeases = "leases";

    /// <summary>As it was given.</summary>
    public string? LeaseS { get; init; }

    /// <summary>
    /// Connects as the owner of the schemas, for migrations and rebuilds; null when <see cref="Postgres"/> does. The process itself works
    /// as the login of <see cref="Postgres"/>, which need not and should not own anything.
    /// </summary>
    public string? PostgresOwner { get; init; }

    /// <summary>The owner's connection string.</summary>
    public string? Owner => PostgresOwner ?? Postgres;

    /// <summary>How the work of a database is shared among its Hosts; null for the default. See <see cref="SharesByAgents"/>.</summary>
    public string? Work { get; init; }

    /// <summary>An address that serves only <c>/health</c> and <c>/metrics</c>, in addition to <see cref="Urls"/>; null for none.</summary>
    public string? HealthUrl { get; init; }

    /// <exception cref="SetupException">urls_invalid</exception>
    public static HostSettings FromEnvironment(Func<string, string?> read) =>
        new(
            ListenAddresses.Check(Read(read, "AUDIENCESYNC_URLS") ?? DefaultUrls, "AUDIENCESYNC_URLS"),
            Path.GetFullPath(Read(read, "AUDIENCESYNC_DATA") ?? ".data"),
            Read(read, "AUDIENCESYNC_POSTGRES"),
            Path.GetFullPath(Read(read, "AUDIENCESYNC_CONFIG") ?? "audiencesync.yaml"),
            Read(read, "AUDIENCESYNC_MASTER_KEY_FILE"),
            Read(read, "AUDIENCESYNC_MASTER_KEY"),
            string.Equals(Read(read, "AUDIENCESYNC_LOG"), "json", StringComparison.OrdinalIgnoreCase),
            Read(read, "AUDIENCESYNC_LOG_LEVEL") ?? "Information"
        )
        {
            LeaseS = Read(read, "AUDIENCESYNC_LEASE_S"),
            HealthUrl = Read(read, "AUDIENCESYNC_HEALTH_URL"),
            PostgresOwner = Read(read, "AUDIENCESYNC_POSTGRES_OWNER"),
            Work = Read(read, "AUDIENCESYNC_WORK"),
        };

    /// <summary>How long a silent Host keeps its work from other Hosts; null for the built-in time.</summary>
    /// <exception cref="SetupException">lease_invalid</exception>
    public TimeSpan? LeaseTime() =>
        LeaseS is null ? null
        : int.TryParse(LeaseS, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= MinLeaseS and <= MaxLeaseS
            ? TimeSpan.FromSeconds(seconds)
        : throw new SetupException("lease_invalid", $"AUDIENCESYNC_LEASE_S must be {MinLeaseS} to {MaxLeaseS} seconds.");

    /// <summary>
    /// Whether Wolverine's leader shares the work of a database evenly among its Hosts, which is the default. Otherwise every Host claims
    /// what is free, by its leases.
    /// </summary>
    /// <exception cref="SetupException">work_invalid</exception>
    public bool SharesByAgents() =>
        Work?.ToLowerInvariant() switch
        {
            null or ByAgents => true,
            ByLeases => false,
            _ => throw new SetupException("work_invalid", $"AUDIENCESYNC_WORK must be {ByAgents} or {ByLeases}."),
        };

    /// <summary>Secrets are never printed.</summary>
    public override string ToString() => $"HostSettings({Urls}, {DataFolder})";

    private static string? Read(Func<string, string?> read, string name) => read(name) is { Length: > 0 } value ? value : null;
}
