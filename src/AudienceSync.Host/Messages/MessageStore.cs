using AudienceSync.Host.EventStore;
using AudienceSync.Host.Telemetry;
using JasperFx;
using Npgsql;
using Wolverine;
using Wolverine.Postgresql;

namespace AudienceSync.Host.Messages;

/// <summary>
/// The connections by which Wolverine keeps messages and the list of running Hosts, in the schema <c>audience_sync</c>.
/// <para>
/// Who leads is a session's advisory lock, and only the leader assigns work. A leader that is frozen keeps its connection open, so it would
/// stop every assignment for as long as it is frozen. Therefore the server ends a session that was idle for eight seconds; a leader that
/// runs queries it every two. On the other side of the pool a connection that is not used is closed after four seconds, before the server
/// does it.
/// </para>
/// </summary>
public sealed class MessageStore : IAsyncDisposable
{
    public const string Schema = "audience_sync";

    private const int PoolSize = 8;

    private readonly NpgsqlDataSource _source;

    public MessageStore(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Options = WorkspaceDatabase.RoleOptions + " -c idle_session_timeout=8s -c idle_in_transaction_session_timeout=8s",
            ConnectionIdleLifetime = 4,
            ConnectionPruningInterval = 2,
            MaxPoolSize = PoolSize,
            IncludeErrorDetail = false,
            ApplicationName = "audiencesync messages",
            TcpKeepAlive = true,
            Timezone = "UTC",
            GssEncryptionMode = GssEncryptionMode.Disable,
        };
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = "messages" };
        builder.ConfigureTracing(tracing =>
            tracing.ConfigureCommandFilter(_ => Spans.IsWithin).ConfigureBatchFilter(_ => Spans.IsWithin).EnablePhysicalOpenTracing(false)
        );
        _source = builder.Build();
    }

    /// <summary>Makes Wolverine use it. Its tables come from the numbered schema files; at run time nothing is created.</summary>
    public void Use(WolverineOptions options)
    {
        options.PersistMessagesWithPostgresql(_source, Schema);
        options.AutoBuildMessageStorageOnStartup = AutoCreate.None;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
