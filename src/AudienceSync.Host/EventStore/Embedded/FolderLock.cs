namespace AudienceSync.Host.EventStore.Embedded;

/// <summary>Locks between processes by flock, which the kernel releases when the holder dies.</summary>
internal static class FolderLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task<IDisposable> TakeAsync(string file, TimeSpan timeout, TimeProvider time, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (TryTake(file) is { } taken)
            {
                return taken;
            }

            if (time.GetElapsedTime(began) >= timeout)
            {
                throw new EmbeddedPostgresException(
                    EmbeddedPostgresException.DataFolderInUse,
                    $"Another process has been starting or stopping the cluster in {Path.GetDirectoryName(file)} for "
                        + $"{timeout.TotalSeconds:0} s: wait for it or end it, or set {EmbeddedPostgresOptions.DataVariable} to "
                        + "another folder"
                );
            }

            await Task.Delay(Pause, time, cancel);
        }
    }

    /// <summary>Null when someone else holds it, shared or not.</summary>
    public static IDisposable? TryTake(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (error is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    public static IDisposable Share(string file)
    {
        new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
        return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
    }
}
