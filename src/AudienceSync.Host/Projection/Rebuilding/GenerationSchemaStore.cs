using System.Globalization;
using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// The connections of a rebuild. It creates, moves and drops tables, which the process's own role may not do, so it works as the user of
/// the connection string, like a migration. The lock belongs to a connection and is released with it, so a killed rebuild blocks no other.
/// </summary>
public sealed class GenerationSchemaStore : IAsyncDisposable
{
    private const string LockSql = "select pg_try_advisory_lock(hashtextextended($1, 0))";

    // The server releases the locks of a closed connection with a delay; a request for the same lock right after the close would be
    // refused.
    private const string UnlockSql = "select pg_advisory_unlock_all()";

    private static readonly TimeSpan LongestIdle = TimeSpan.FromMinutes(1);

    private readonly NpgsqlDataSource _owner;

    /// <param name="connectionString">The connection string of the migrator.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="longestIdle">After how long without a statement a transaction is ended, a minute unless given. A snapshot is
    /// exempt.</param>
    public GenerationSchemaStore(string connectionString, WorkspaceName workspace, TimeSpan? longestIdle = null)
    {
        var idle_ms = (long)(longestIdle ?? LongestIdle).TotalMilliseconds;
        Live = new WorkspaceDatabase(connectionString, workspace);
        LiveSchema = workspace.Schema;
        NextSchema = "rebuild_" + workspace.Value;
        FormerSchema = "former_" + workspace.Value;
        Next = new WorkspaceDatabase(connectionString, workspace, NextSchema);
        _owner = new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(connectionString)
            {
                SearchPath = LiveSchema,
                CommandTimeout = 0,
                Pooling = false,
                NoResetOnClose = true,
                IncludeErrorDetail = false,
                ReadBufferSize = 1 << 16,
                WriteBufferSize = 1 << 16,
                Options = string.Create(
                    CultureInfo.InvariantCulture,
                    $"-c jit=off -c lock_timeout=10s -c idle_in_transaction_session_timeout={idle_ms} -c max_parallel_maintenance_workers=2"
                ),

                // A different name than the Hosts': its transactions wait for their client while it folds, and StalledHolders must not
                // mistake it for a frozen Host.
                ApplicationName = "audiencesync rebuild/" + workspace.Value,
                Timezone = "UTC",
                GssEncryptionMode = GssEncryptionMode.Disable,
            }.ConnectionString
        )
        {
            Name = "rebuild",
        }.Build();
    }

    public WorkspaceDatabase Live { get; }

    /// <summary>The workspace with the new generation's tables in place of the live ones.</summary>
    public WorkspaceDatabase Next { get; }

    public string LiveSchema { get; }

    public string NextSchema { get; }

    public string FormerSchema { get; }

    internal async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) =>
        await _owner.OpenConnectionAsync(cancellationToken);

    /// <summary>Null when another rebuild of this workspace is running.</summary>
    public async Task<IAsyncDisposable?> TryLockAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(cancellationToken);
        await using var command = Sql.Command(connection, LockSql, Sql.Of("audiencesync rebuild " + LiveSchema));
        if (await command.ExecuteScalarAsync(cancellationToken) is true)
        {
            return new Lock(connection);
        }

        await connection.DisposeAsync();
        return null;
    }

    internal static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Live.DisposeAsync();
        await Next.DisposeAsync();
        await _owner.DisposeAsync();
    }

    private sealed class Lock(NpgsqlConnection connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await using (connection)
            {
                try
                {
                    await ExecuteAsync(connection, UnlockSql, CancellationToken.None);
                }
                catch (NpgsqlException)
                {
                    // The connection is broken, and its locks were released with it. The rebuild itself reports the cause.
                }
            }
        }
    }
}
