namespace AudienceSync.Host.EventStore.Embedded;

internal enum ClusterFolderState
{
    Empty,
    Complete,
}

/// <summary>
/// The data folder and its contents: the marker (ours, so that no foreign folder is ever touched), the cluster (PGDATA), the socket, and
/// two lock files.
/// </summary>
internal sealed class ClusterFolder
{
    private const string MarkerName = "audiencesync-postgres.marker";
    private const string StartLockName = "start.lock";
    private const string Making = "making";
    private const string Complete = "complete";

    // pg_ctl puts the path between double quotes into a command line of sh.
    private static readonly char[] ShellCharacters = ['"', '$', '`', '\\', '\n', '\r'];

    public ClusterFolder(string path)
    {
        Path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (Path.IndexOfAny(ShellCharacters) >= 0)
        {
            throw new EmbeddedPostgresException(
                EmbeddedPostgresException.DataFolderInvalid,
                $"The data folder {Path} has a character that PostgreSQL's start program does not support (\" $ ` \\ or a line end): "
                    + $"set {EmbeddedPostgresOptions.DataVariable} to another folder"
            );
        }
    }

    public string Path { get; }

    /// <summary>PGDATA.</summary>
    public string Cluster => Below("cluster");

    /// <summary>Held while a process creates, starts or stops the cluster.</summary>
    public string StartLock => Below(StartLockName);

    /// <summary>Held, shared, by every process that uses the server; a process that finds it free on leaving stops the server.</summary>
    public string UsersLock => Below("users.lock");

    public string StartLog => System.IO.Path.Combine(Cluster, "start.log");

    public string ServerLogs => System.IO.Path.Combine(Cluster, "log");

    public string PidFile => System.IO.Path.Combine(Cluster, "postmaster.pid");

    private string Marker => Below(MarkerName);

    private string VersionFile => System.IO.Path.Combine(Cluster, "PG_VERSION");

    /// <summary>The major version that created the cluster; null while there is none.</summary>
    public int? Major => File.Exists(VersionFile) && int.TryParse(File.ReadAllText(VersionFile).Trim(), out var major) ? major : null;

    /// <summary>Nothing of another program is touched. Needs no lock: a folder that a Host is creating is never foreign.</summary>
    public void RefuseForeign()
    {
        if (File.Exists(Path) || (!File.Exists(Marker) && HoldsAnything()))
        {
            throw new EmbeddedPostgresException(
                EmbeddedPostgresException.DataFolderForeign,
                $"{Path} is not empty and was not created by AudienceSync: set {EmbeddedPostgresOptions.DataVariable} to a new or "
                    + "empty folder"
            );
        }
    }

    /// <summary>For what does not create a cluster. Nothing is written.</summary>
    public void RefuseEmpty()
    {
        if (!File.Exists(Marker))
        {
            throw new EmbeddedPostgresException(
                EmbeddedPostgresException.DataFolderEmpty,
                $"There is no database in {Path}: start serve once, or set {EmbeddedPostgresOptions.DataVariable} to its folder or "
                    + "AUDIENCESYNC_POSTGRES to its server"
            );
        }
    }

    /// <summary>Must be called under the start lock: without it, a folder that another process is creating looks incomplete.</summary>
    public ClusterFolderState Inspect()
    {
        RefuseForeign();
        if (!File.Exists(Marker))
        {
            return ClusterFolderState.Empty;
        }

        if (File.ReadAllText(Marker).Trim() != Complete)
        {
            throw new EmbeddedPostgresException(
                EmbeddedPostgresException.DataFolderHalfMade,
                $"The creation of the cluster in {Path} was interrupted and it never held data: delete that folder and start again"
            );
        }

        return Major is not null
            ? ClusterFolderState.Complete
            : throw new EmbeddedPostgresException(
                EmbeddedPostgresException.DataFolderHalfMade,
                $"The cluster in {Path} was once complete and now lacks {VersionFile}: restore its files from a backup, or delete "
                    + "that folder to start empty"
            );
    }

    /// <summary>A cluster is readable only by the major version that created it.</summary>
    public void RefuseOtherMajor(PostgresBinaries binaries)
    {
        if (Major is { } made && made != binaries.Major)
        {
            throw new EmbeddedPostgresException(
                EmbeddedPostgresException.PostgresVersionChanged,
                $"The cluster in {Path} was created by PostgreSQL {made}, the programs in {binaries.Folder} are version "
                    + $"{binaries.Major}: install PostgreSQL {made} again or set {EmbeddedPostgresOptions.BinFolderVariable} to it, "
                    + "or move the data with pg_upgrade"
            );
        }
    }

    public void MarkMaking() => Mark(Making);

    public void MarkComplete() => Mark(Complete);

    private void Mark(string state)
    {
        // Renamed into place: a power cut leaves the old marker or the new one, never an empty file.
        var draft = Marker + ".new";
        File.WriteAllText(draft, state + "\n");
        File.Move(draft, Marker, overwrite: true);
    }

    private bool HoldsAnything() =>
        Directory.Exists(Path)
        && Directory
            .EnumerateFileSystemEntries(Path)
            .Any(entry => System.IO.Path.GetFileName(entry) is not (StartLockName or MarkerName + ".new"));

    private string Below(string name) => System.IO.Path.Combine(Path, name);
}
