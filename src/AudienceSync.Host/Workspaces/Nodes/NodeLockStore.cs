using AudienceSync.Host.EventStore;
using AudienceSync.Host.Messages;
using Npgsql;

namespace AudienceSync.Host.Workspaces.Nodes;

/// <summary>
/// Distinguishes dead Hosts from silent ones. Every Host holds an advisory lock with a session of its own for as long as its process lives:
/// the kernel closes the connection of a process that ends in any way, and with it goes the lock. So a Host that finds the lock of another
/// one free knows that it is gone, at once and not after a time of silence, and removes it from Wolverine's list of nodes. A frozen Host
/// keeps its lock; it is found silent instead. One whose connection broke is removed, too, and registers itself again.
/// </summary>
internal sealed class NodeLockStore : IAsyncDisposable
{
    private const string HoldSql = "select pg_advisory_lock(hashtextextended('audiencesync node ' || $1::text, 0))";

    private const string AliveSql = "select 1";

    private const string RemoveSql = $"""
        with dead as materialized (
          select n.id from {MessageStore.Schema}.wolverine_nodes n
          where n.id <> $1 and pg_try_advisory_xact_lock(hashtextextended('audiencesync node ' || n.id::text, 0)))
        delete from {MessageStore.Schema}.wolverine_nodes n using dead where n.id = dead.id
        """;

    private readonly NpgsqlDataSource _source;
    private readonly Guid _node;
    private NpgsqlConnection? _session;

    public NodeLockStore(string connectionString, Guid node)
    {
        _node = node;
        _source = new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(connectionString)
            {
                Options = WorkspaceDatabase.RoleOptions,
                Pooling = false,
                CommandTimeout = 5,
                IncludeErrorDetail = false,
                ApplicationName = "audiencesync node",
                TcpKeepAlive = true,
                GssEncryptionMode = GssEncryptionMode.Disable,
            }.ConnectionString
        )
        {
            Name = "node",
        }.Build();
    }

    /// <summary>Holds this Host's lock, again if the connection broke, and removes Hosts that are gone. Returns how many.</summary>
    public async Task<int> RefreshAsync(CancellationToken cancellationToken)
    {
        await HoldAsync(cancellationToken);
        await using var remove = Sql.Command(_session!, RemoveSql, Sql.Of(_node));
        return await remove.ExecuteNonQueryAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _source.DisposeAsync();
    }

    private async Task HoldAsync(CancellationToken cancellationToken)
    {
        if (_session is { } open)
        {
            try
            {
                await using var alive = Sql.Command(open, AliveSql);
                await alive.ExecuteScalarAsync(cancellationToken);
                return;
            }
            catch (Exception broken) when (broken is NpgsqlException or InvalidOperationException or IOException)
            {
                await CloseAsync(); // The server has released the lock; the next session takes it again.
            }
        }

        var session = await _source.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var hold = Sql.Command(session, HoldSql, Sql.Of(_node));
            await hold.ExecuteNonQueryAsync(cancellationToken);
        }
        catch
        {
            await session.DisposeAsync(); // A session without the lock must not count as one with it.
            throw;
        }

        _session = session;
    }

    private async Task CloseAsync()
    {
        if (_session is { } session)
        {
            _session = null;
            await session.DisposeAsync();
        }
    }
}
