namespace AudienceSync.Host.EventStore.Embedded;

/// <summary>
/// The settings of the private server: an append-heavy log and insert-and-update heavy tables on a small machine. Written again at every
/// start, so options take effect; <c>ALTER SYSTEM</c> still overrides them.
/// </summary>
internal static class ServerSettings
{
    public const string FileName = "audiencesync.conf";

    private const long MiB = 1024 * 1024;

    public static string Text(EmbeddedPostgresOptions options, string socketFolder, bool hasLz4, long memoryBytes) =>
        string.Join(
            '\n',
            "# Written by AudienceSync at every start: changes here are lost. Use ALTER SYSTEM instead.\n",
            Reach(socketFolder, options.MaxConnections),
            Memory(options.SharedBuffers, memoryBytes),
            WriteAheadLog(hasLz4),
            Durability(options.Fsync),
            Planning,
            Vacuum,
            Logging
        );

    private const string Planning = """
        # Statements are short and prepared: compiling them costs more than it saves.
        jit = off
        # Flash, not spinning disks.
        random_page_cost = 1.1

        """;

    private const string Vacuum = """
        # Vacuum before much is dead. How often to check, and when to analyze, is left to the server, which checks once a minute: no
        # hot plan depends on fresh statistics (docs/decisions/0014), and checking every 15 seconds took a tenth of a core while
        # tables were small and growing.
        autovacuum_max_workers = 2
        autovacuum_vacuum_scale_factor = 0.1
        autovacuum_vacuum_cost_limit = 1000

        """;

    private const string Logging = """
        # A week of logs, one file a weekday. Neither statements nor rows are logged: they hold personal data.
        logging_collector = on
        log_directory = 'log'
        log_filename = 'server-%a.log'
        log_rotation_age = 1d
        log_rotation_size = 0
        log_truncate_on_rotation = on
        log_min_error_statement = panic
        log_error_verbosity = terse
        log_timezone = 'UTC'
        timezone = 'UTC'

        """;

    private static string Reach(string socketFolder, int maxConnections) =>
        $"""
            # Reached through the private socket only: the folder's mode (0700) is the authentication.
            listen_addresses = ''
            port = 5432
            unix_socket_directories = {Quoted(socketFolder)}
            unix_socket_permissions = 0777
            max_connections = {maxConnections}
            # A writer that died inside a transaction must not hold the append lock forever.
            idle_in_transaction_session_timeout = 60s

            """;

    private static string Memory(string? sharedBuffers, long memoryBytes) =>
        $"""
            # A quarter of the memory, 1 GB at most: the log is appended and read in order, the rest serves the system's cache.
            shared_buffers = {Quoted(sharedBuffers ?? $"{Math.Clamp(memoryBytes / 4 / MiB, 16, 1024)}MB")}
            effective_cache_size = {Math.Max(memoryBytes / 2 / MiB, 64)}MB
            huge_pages = try
            # Sorts and hashes of a projector's batch in memory; index builds of a rebuild with one pass.
            work_mem = 16MB
            maintenance_work_mem = 256MB

            """;

    private static string WriteAheadLog(bool hasLz4) =>
        $"""
            # Checkpoints by time, spread out, not by volume: each one makes the next write of every page a full one.
            max_wal_size = 8GB
            min_wal_size = 1GB
            checkpoint_timeout = 15min
            checkpoint_completion_target = 0.9
            # Full pages compress well, and the disk is slower than lz4.
            wal_compression = {(hasLz4 ? "lz4" : "on")}
            # Room for group commits of batches between two flushes.
            wal_buffers = 64MB

            """;

    private static string Durability(bool fsync) =>
        fsync
            ? """
                # Accepted means durable: a commit returns when it is on the disk.
                synchronous_commit = on
                fsync = on
                full_page_writes = on

                """
            : """
                # Requested by the options: data that may be lost is not worth waiting for.
                synchronous_commit = off
                fsync = off
                full_page_writes = off

                """;

    private static string Quoted(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
