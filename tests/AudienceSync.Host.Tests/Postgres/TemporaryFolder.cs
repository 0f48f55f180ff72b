namespace AudienceSync.Host.Tests.Postgres;

/// <summary>A new folder that every user can reach (PostgreSQL does not run as root, the tests may), deleted when disposed of.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private const UnixFileMode Open =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    public TemporaryFolder(string prefix = "audiencesync-test-")
    {
        Path = System.IO.Path.Combine(Root(), prefix + Guid.NewGuid().ToString("N")[..12]);
        Directory.CreateDirectory(Path);
        File.SetUnixFileMode(Path, Open);
    }

    public string Path { get; }

    public string Below(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    /// <summary>The system's temp folder, unless we are root and others cannot enter it.</summary>
    internal static string Root()
    {
        var temp = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetTempPath());
        for (var folder = temp; Environment.IsPrivilegedProcess && folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            if (!File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherExecute))
            {
                return "/tmp";
            }
        }

        return temp;
    }
}
