using System.Data.Common;

namespace AudienceSync.Host.EventStore.Embedded;

/// <summary>
/// A private PostgreSQL of this Host: created, started, used and stopped without user action.
///
/// The server outlives a Host that is killed; the next Host finds it running and adopts it. Several Hosts may use one data folder: the last
/// one to leave stops the server. Two locks (flock, so a dead process holds none) order this: the start lock is held while anything
/// changes, the users lock is held, shared, by every process that uses the server.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private readonly EmbeddedPostgresOptions _options;
    private readonly ClusterFolder _folder;
    private readonly ClusterServer _server;
    private readonly TimeProvider _time;
    private readonly string _socketFolder;
    private IDisposable? _use;

    private EmbeddedPostgres(
        EmbeddedPostgresOptions options,
        ClusterFolder folder,
        ClusterServer server,
        string socketFolder,
        TimeProvider time
    )
    {
        (_options, _folder, _server, _socketFolder, _time) = (options, folder, server, socketFolder, time);
        _use = FolderLock.Share(folder.UsersLock);
        ConnectionString = As(ClusterMaker.Role);
        HostConnectionString = As(HostLogin);
    }

    /// <summary>The login of the Host. Migrating creates it: it owns nothing.</summary>
    public const string HostLogin = "audiencesync_host";

    /// <summary>For Npgsql, as the owner of the cluster. It holds no secret.</summary>
    public string ConnectionString { get; }

    /// <summary>The same as the login of the Host.</summary>
    public string HostConnectionString { get; }

    public required PostgresBinaries Binaries { get; init; }

    /// <summary>Where its data is.</summary>
    public string DataFolder => _options.DataFolder;

    /// <summary>True when the server was already running.</summary>
    public required bool IsAdopted { get; init; }

    /// <summary>Creates the cluster if there is none and it need not exist, and starts or adopts its server.</summary>
    /// <exception cref="EmbeddedPostgresException">Any of its codes but postgres_stop_failed.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(
        EmbeddedPostgresOptions options,
        TimeProvider time,
        CancellationToken cancel = default
    )
    {
        var folder = new ClusterFolder(options.DataFolder);
        try
        {
            folder.RefuseForeign();
            if (options.MustExist)
            {
                folder.RefuseEmpty();
            }

            var binaries = await PostgresBinaries.FindAsync(options.BinFolder, folder.Major, time, cancel);
            folder.RefuseOtherMajor(binaries);
            var user = await ServerUser.ForAsync(folder, time, cancel);
            await user.KeepPrivateAsync(folder.Path, cancel);
            using var start = await FolderLock.TakeAsync(folder.StartLock, options.InUseTimeout, time, cancel);
            return await StartLockedAsync(options, folder, binaries, user, time, cancel);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedPostgresException(
                EmbeddedPostgresException.DataFolderUnreachable,
                $"The data folder {folder.Path} cannot be used ({error.Message}): give the user {Environment.UserName} access, or "
                    + $"set {EmbeddedPostgresOptions.DataVariable} to another folder",
                error
            );
        }
    }

    private string As(string login) =>
        new DbConnectionStringBuilder
        {
            ["Host"] = _socketFolder,
            ["Username"] = login,
            ["Database"] = ClusterMaker.Database,
        }.ConnectionString;

    /// <summary>Leaves the server, and stops it when no other process uses it. A second call does nothing.</summary>
    /// <exception cref="EmbeddedPostgresException">postgres_stop_failed, data_folder_in_use</exception>
    public async Task StopAsync(CancellationToken cancel = default)
    {
        if (_use is null || !Directory.Exists(_folder.Path))
        {
            return;
        }

        using var start = await FolderLock.TakeAsync(_folder.StartLock, _options.InUseTimeout, _time, cancel);
        _use.Dispose();
        _use = null;
        using var alone = FolderLock.TryTake(_folder.UsersLock);
        if (alone is not null)
        {
            await _server.StopAsync(_options.StopTimeout, cancel);
            SocketFolder.Remove(_socketFolder);
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static async Task<EmbeddedPostgres> StartLockedAsync(
        EmbeddedPostgresOptions options,
        ClusterFolder folder,
        PostgresBinaries binaries,
        ServerUser user,
        TimeProvider time,
        CancellationToken cancel
    )
    {
        if (folder.Inspect() == ClusterFolderState.Empty)
        {
            await new ClusterMaker(folder, binaries, user, time).MakeAsync(options.Fsync, cancel);
        }

        // Again: between the search for the programs and the lock, another process may have created the cluster.
        folder.RefuseOtherMajor(binaries);
        var server = new ClusterServer(folder, binaries, user, time);
        var adopted = await server.FindRunningAsync(options.StartTimeout, cancel);
        var socketFolder = adopted?.SocketFolder ?? await SocketFolder.PrepareAsync(folder, user, time, cancel);
        if (adopted is null)
        {
            await WriteSettingsAsync(options, folder, await server.HasLz4Async(cancel), socketFolder, cancel);
            await user.GiveAllAsync(folder.Path, cancel);
            await server.StartAsync(options.StartTimeout, cancel);
        }

        var running = new EmbeddedPostgres(options, folder, server, socketFolder, time)
        {
            Binaries = binaries,
            IsAdopted = adopted is not null,
        };
        await user.GiveAsync([folder.StartLock, folder.UsersLock], cancel);
        return running;
    }

    private static Task WriteSettingsAsync(
        EmbeddedPostgresOptions options,
        ClusterFolder folder,
        bool hasLz4,
        string socketFolder,
        CancellationToken cancel
    )
    {
        var file = Path.Combine(folder.Cluster, ServerSettings.FileName);
        // Root writes into another user's folder here: a link in the file's place is removed, not followed.
        File.Delete(file);
        var memoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return File.WriteAllTextAsync(file, ServerSettings.Text(options, socketFolder, hasLz4, memoryBytes), cancel);
    }
}
