namespace AudienceSync.Host.EventStore.Embedded;

/// <summary>The options of the private PostgreSQL. Only <see cref="DataFolder"/> must be set.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>Environment variable: the folder for everything that the Host keeps on disk. The default is <c>.data</c>.</summary>
    public const string DataVariable = "AUDIENCESYNC_DATA";

    /// <summary>Environment variable: the folder that holds initdb, pg_ctl and postgres, when they must not be searched for.</summary>
    public const string BinFolderVariable = "AUDIENCESYNC_PG_BIN";

    /// <summary>A folder that belongs to this cluster alone; it is created when it is missing.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The only folder to take the PostgreSQL binaries from; null searches the usual places.</summary>
    public string? BinFolder { get; init; }

    /// <summary>False only where losing the data is fine (tests): writes then never wait for the disk.</summary>
    public bool Fsync { get; init; } = true;

    /// <summary>Whether a missing cluster is an error: a command beside the Host does not create one.</summary>
    public bool MustExist { get; init; }

    public int MaxConnections { get; init; } = 100;

    /// <summary>In PostgreSQL's notation (<c>256MB</c>); null takes a quarter of the memory, 1 GB at most.</summary>
    public string? SharedBuffers { get; init; }

    /// <summary>How long a start may take. Long, because after a crash the server first replays up to 8 GB of its log.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long to wait for another process that is starting or stopping the same cluster.</summary>
    public TimeSpan InUseTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a stop waits for the server before it is stopped without a checkpoint.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Reads the variables above; the cluster is <c>postgres</c> in the data folder, which is relative to <paramref name="root"/>.
    /// </summary>
    public static EmbeddedPostgresOptions FromSettings(Func<string, string?> setting, string root)
    {
        var data = setting(DataVariable) is { Length: > 0 } result ? result : ".data";
        var bin = setting(BinFolderVariable);
        return new EmbeddedPostgresOptions
        {
            DataFolder = Path.Combine(Path.GetFullPath(data, Path.GetFullPath(root)), "postgres"),
            BinFolder = string.IsNullOrEmpty(bin) ? null : bin,
        };
    }
}
