using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Host.EventStore.Embedded;

/// <summary>
/// Where the server listens: a Unix socket in a folder that only its user can enter, and nowhere else. Without a TCP port any number of
/// checkouts can run side by side, and the folder's mode is the authentication.
/// </summary>
internal static class SocketFolder
{
    /// <summary>Bytes of <c>sockaddr_un.sun_path</c> on Linux, without the terminating zero.</summary>
    public const int LongestSocketPath = 107;

    public const string SocketName = ".s.PGSQL.5432";

    /// <summary>In the data folder when its path is short and plain, else a name derived from it in the system's temp folder.</summary>
    public static string For(string dataFolder, string tempFolder)
    {
        var near = Path.Combine(dataFolder, "socket");
        if (Fits(near))
        {
            return near;
        }

        var name = "audiencesync-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(dataFolder)))[..16];
        var far = Path.Combine(tempFolder, name);
        return Fits(far) ? far : Path.Combine("/tmp", name);
    }

    public static async Task<string> PrepareAsync(ClusterFolder folder, ServerUser user, TimeProvider time, CancellationToken cancel)
    {
        var path = For(folder.Path, Path.GetTempPath());
        if (Path.Exists(path))
        {
            await RefuseOtherOwnersAsync(path, user, time, cancel);
        }

        await user.KeepPrivateAsync(path, cancel);
        return path;
    }

    /// <summary>Leaves nothing behind in the temp folder.</summary>
    public static void Remove(string path)
    {
        if (Directory.Exists(path) && !Directory.EnumerateFileSystemEntries(path).Any())
        {
            Directory.Delete(path);
        }
    }

    // A comma separates hosts in Npgsql and folders in unix_socket_directories; a leading @ is an abstract socket.
    private static bool Fits(string folder) =>
        !folder.Contains(',') && Encoding.UTF8.GetByteCount(Path.Combine(folder, SocketName)) <= LongestSocketPath;

    /// <summary>
    /// Anyone may write to the temp folder: a link, or a folder of our name that another user owns, could read what we send.
    /// </summary>
    private static async Task RefuseOtherOwnersAsync(string path, ServerUser user, TimeProvider time, CancellationToken cancel)
    {
        var owner = await ServerUser.OwnerAsync(path, time, cancel);
        var trusted = user.Name is { } name ? new[] { name, "root" } : [Environment.UserName];
        if (new DirectoryInfo(path).LinkTarget is not null || !trusted.Contains(owner))
        {
            throw new EmbeddedPostgresException(
                EmbeddedPostgresException.DataFolderUnreachable,
                $"The socket folder {path} is a link or belongs to {owner}: delete it, or set "
                    + $"{EmbeddedPostgresOptions.DataVariable} to a shorter path"
            );
        }
    }
}
