namespace AudienceSync.Shop.Running;

/// <summary>
/// The folder of one run. It is wiped at the start, so it is used only when it is new, empty or contains the shop's marker. The marker is
/// locked during the run, so a second run cannot wipe the folder of a first.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    public const string MarkerName = ".audiencesync-shop";

    private readonly FileStream _marker;

    private DataFolder(string path, FileStream marker)
    {
        Path = path;
        _marker = marker;
    }

    public string Path { get; }

    /// <exception cref="StartException">The folder was not created by the shop, or another run uses it.</exception>
    public static async Task<DataFolder> PrepareAsync(string path, TimeProvider time)
    {
        path = System.IO.Path.GetFullPath(path);
        var markerPath = System.IO.Path.Combine(path, MarkerName);
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any() && !File.Exists(markerPath)))
        {
            throw new StartException($"{path} was not created by ./run and would be wiped; choose another folder with --data DIR");
        }

        try
        {
            Directory.CreateDirectory(path);
            var folder = new DataFolder(path, new FileStream(markerPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            await folder.WipeAsync(time);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException(
                $"{path} cannot be used (another ./run uses it, or it is not writable); choose another with --data DIR"
            );
        }
    }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _marker.Dispose();

    /// <summary>Deletes the folder with everything in it.</summary>
    public void Delete()
    {
        _marker.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    private async Task WipeAsync(TimeProvider time)
    {
        await PostgresLeftovers.StopAsync(Path, time);
        foreach (var entry in new DirectoryInfo(Path).EnumerateFileSystemInfos().Where(entry => entry.Name != MarkerName).ToArray())
        {
            if (entry is DirectoryInfo { LinkTarget: null } folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }
}
