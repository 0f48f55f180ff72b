using AudienceSync.Host.Telemetry;
using Marten;
using Npgsql;

namespace AudienceSync.Host.EventStore;

/// <summary>
/// The connections of one workspace: the search path is its schema, the role is one that may not rewrite the log.
/// <para>
/// <see cref="Hot"/> serves statements whose plan must not depend on how full the tables are: they join a few array elements to an index,
/// and a plan made on empty tables would keep reading the tables whole (2,000/s instead of 18,000/s was measured). So sequential scans,
/// hash joins and merge joins are disabled, and one generic plan is kept. Plan nodes that read a part of a table once and scan the result
/// again for each element are disabled as well: see docs/decisions/0014. <see cref="Query"/> serves interactive queries, with the default
/// planner settings and a timeout.
/// </para>
/// <para>
/// <see cref="Append"/> is <see cref="Hot"/> for code that takes the append lock, see <see cref="AppendLock"/>: its sessions wait for a
/// lock for two seconds at most. A session of either that is idle for two seconds within a transaction is ended by the server, so a frozen
/// Host keeps no lock. A session that was cut off is detected by the server's TCP within about ten seconds, not after its default of two
/// hours. <c>client_connection_check_interval</c> would not help, because a frozen client's connection is open.
/// </para>
/// </summary>
public sealed class WorkspaceDatabase : IAsyncDisposable
{
    public const string AppRole = "audiencesync_app";

    /// <summary>The options of a session that works under the role, and is detected within about ten seconds when it was cut off.</summary>
    internal const string RoleOptions = Role + Network;

    private const string Role = "-c role=" + AppRole;

    private const string Network =
        " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=10s";

    private const string HotPlanner =
        Role
        + Network
        + " -c idle_in_transaction_session_timeout=2s"
        + " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
        + " -c enable_hashjoin=off -c enable_mergejoin=off"
        + " -c enable_material=off -c enable_bitmapscan=off -c enable_memoize=off -c jit=off";

    private const int AppendTimeout_s = 10;

    private readonly string _searchPath;
    private readonly Lazy<DocumentStore> _store;

    /// <param name="connectionString">The server and database.</param>
    /// <param name="workspace">The workspace that owns the schema.</param>
    /// <param name="shadow">A schema whose tables hide those of the workspace: a generation of the projection that is being built. Null for
    /// none.</param>
    /// <param name="clock">Gives the time of events that are appended; null for the system's.</param>
    public WorkspaceDatabase(string connectionString, WorkspaceName workspace, string? shadow = null, TimeProvider? clock = null)
    {
        Workspace = workspace;
        _searchPath = shadow is null ? workspace.Schema : $"{shadow},{workspace.Schema}";
        const string QueryOptions = Role + Network + " -c statement_timeout=30s -c jit=off";
        Hot = Build(Settings(connectionString, "", HotPlanner, command_timeout_s: 30, pool: 20), "hot");
        Append = Build(Settings(connectionString, "", HotPlanner + " -c lock_timeout=2s", AppendTimeout_s, pool: 6), "append");
        Query = Build(Settings(connectionString, " query", QueryOptions, command_timeout_s: 35, pool: 10), "query");
        Login = Build(Settings(connectionString, " watch", "-c statement_timeout=3s", command_timeout_s: 4, pool: 2), "watch");
        _store = new Lazy<DocumentStore>(() => Open(clock ?? TimeProvider.System));
    }

    public WorkspaceName Workspace { get; }

    public NpgsqlDataSource Hot { get; }

    /// <summary>Only for code that takes the append lock.</summary>
    public NpgsqlDataSource Append { get; }

    public NpgsqlDataSource Query { get; }

    /// <summary>The workspace's event store. Its sessions use <see cref="Append"/>; see <see cref="UnitOfWork"/>.</summary>
    public IDocumentStore Store => _store.Value;

    /// <summary>Connects as the login of the connection string, whose sessions it may end; never used for data.</summary>
    internal NpgsqlDataSource Login { get; }

    /// <summary>The notification channel by which Hosts wake each other. Only a hint: correctness depends on polling.</summary>
    public string Channel => Workspace.Schema;

    /// <summary>Whether the server answers a query within two seconds.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = Query.CreateCommand("select 1");
            command.CommandTimeout = 2;
            await command.ExecuteScalarAsync(cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException or IOException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_store.IsValueCreated)
        {
            await _store.Value.DisposeAsync();
        }

        await Hot.DisposeAsync();
        await Append.DisposeAsync();
        await Query.DisposeAsync();
        await Login.DisposeAsync();
    }

    /// <summary>
    /// Another store of the workspace, for work beside the requests: its sessions use <see cref="Query"/>. The caller disposes it, and it
    /// does not append.
    /// </summary>
    /// <param name="clock">Gives the time.</param>
    /// <param name="configure">Adds what only this store has.</param>
    internal DocumentStore OpenBeside(TimeProvider clock, Action<StoreOptions> configure) =>
        DocumentStore.For(options =>
        {
            options.Connection(Query);
            options.DisableNpgsqlLogging = true;
            WorkspaceEvents.Configure(options, Workspace, clock);
            configure(options);
        });

    private DocumentStore Open(TimeProvider clock) =>
        DocumentStore.For(options =>
        {
            options.Connection(Append);
            options.CommandTimeout = AppendTimeout_s;
            WorkspaceEvents.Configure(options, Workspace, clock);

            // Whether to append again is decided by the writer, who knows which answers mean that nothing was written.
            options.ConfigureWritePolly(static _ => { });
        });

    private NpgsqlConnectionStringBuilder Settings(string connectionString, string use, string options, int command_timeout_s, int pool) =>
        new(connectionString)
        {
            SearchPath = _searchPath,
            Options = options,
            CommandTimeout = command_timeout_s,
            MaxPoolSize = pool,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
            IncludeErrorDetail = false,
            ApplicationName = "audiencesync/" + Workspace.Value + use,
            KeepAlive = 15,

            // A group commit and a page of the log are some 30 to 300 kB. The driver's 8 kB buffers would wake both sides for every 8 kB,
            // which costs a sixth of the ingest throughput.
            ReadBufferSize = 64 * 1024,
            WriteBufferSize = 64 * 1024,
            TcpKeepAlive = true,
            Timezone = "UTC",
            GssEncryptionMode = GssEncryptionMode.Disable, // Its probe stalls a connection for seconds where there is no Kerberos.
        };

    private NpgsqlDataSource Build(NpgsqlConnectionStringBuilder settings, string name)
    {
        // The label of the pool in metrics; by default it would be the connection string.
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = $"{Workspace.Value}/{name}" };
        // Without it the polls of idle loops would be spans, several a second.
        builder.ConfigureTracing(tracing =>
            tracing.ConfigureCommandFilter(_ => Spans.IsWithin).ConfigureBatchFilter(_ => Spans.IsWithin).EnablePhysicalOpenTracing(false)
        );
        return builder.Build();
    }
}
