namespace AudienceSync.Host.EventStore.Embedded;

/// <summary>
/// The user that the server runs as. PostgreSQL refuses root, so a Host run by root gives the folder to an unprivileged user and runs every
/// PostgreSQL program as that user. Otherwise the server runs as the current user, and nothing here has an effect.
/// </summary>
internal sealed class ServerUser
{
    private const string Root = "root";

    private readonly TimeProvider _time;

    private ServerUser(string? name, TimeProvider time) => (Name, _time) = (name, time);

    /// <summary>Null: the current user.</summary>
    public string? Name { get; }

    public static async Task<ServerUser> ForAsync(ClusterFolder folder, TimeProvider time, CancellationToken cancel)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerUser(null, time);
        }

        // A cluster keeps its owner: someone who created it without root must be able to start it without root again.
        var owner = Directory.Exists(folder.Cluster) ? await OwnerAsync(folder.Cluster, time, cancel) : Root;
        foreach (var name in new[] { owner, "postgres", "nobody" }.Where(name => name != Root))
        {
            if ((await ToolRun.RunAsync(new ToolCall("id", "-u", name), time, cancel)).Succeeded)
            {
                return new ServerUser(name, time);
            }
        }

        throw new EmbeddedPostgresException(
            EmbeddedPostgresException.PostgresUserMissing,
            "PostgreSQL does not run as root, and there is neither a user postgres nor nobody: add one "
                + "(useradd --system postgres), or run as another user"
        );
    }

    /// <summary>Makes <paramref name="folder"/> one that only the server's user (and root) can enter.</summary>
    public async Task KeepPrivateAsync(string folder, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await GiveAsync([folder], cancel);
        await RefuseUnreachableAsync(folder, cancel);
    }

    /// <summary>Changes the owner of what we wrote as root.</summary>
    public Task GiveAsync(string[] paths, CancellationToken cancel) => ChownAsync([$"{Name}:", .. paths], cancel);

    /// <summary>The same, with everything below.</summary>
    public Task GiveAllAsync(string folder, CancellationToken cancel) => ChownAsync(["-R", $"{Name}:", folder], cancel);

    private async Task ChownAsync(string[] arguments, CancellationToken cancel)
    {
        if (Name is null)
        {
            return;
        }

        // -h: a link that the server's user put there must not make root give away what it points to.
        var given = await ToolRun.RunAsync(new ToolCall("chown", ["-h", .. arguments]), _time, cancel);
        if (!given.Succeeded)
        {
            throw Unreachable($"The data folder cannot be given to the user {Name} ({OneLine(given.Text)})");
        }
    }

    /// <summary>The name of the owner; a number when this machine has no name for it.</summary>
    public static async Task<string> OwnerAsync(string path, TimeProvider time, CancellationToken cancel)
    {
        string[] format = OperatingSystem.IsLinux() ? ["-c", "%U"] : ["-f", "%Su"];
        var result = await ToolRun.RunAsync(new ToolCall("stat", [.. format, path]), time, cancel);
        return result.Output.Trim();
    }

    private async Task RefuseUnreachableAsync(string folder, CancellationToken cancel)
    {
        if (Name is null || await CanEnterAsync(folder, cancel))
        {
            return;
        }

        var parents = new Stack<string>();
        for (var parent = Path.GetDirectoryName(folder); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            parents.Push(parent);
        }

        foreach (var parent in parents)
        {
            if (!await CanEnterAsync(parent, cancel))
            {
                throw Unreachable($"PostgreSQL runs as the user {Name}, who cannot enter {parent} on the way to {folder}");
            }
        }

        throw Unreachable($"PostgreSQL runs as the user {Name}, who cannot enter {folder}");
    }

    private async Task<bool> CanEnterAsync(string folder, CancellationToken cancel) =>
        (await ToolRun.RunAsync(new ToolCall("test", "-x", folder) { User = Name }, _time, cancel)).Succeeded;

    private static EmbeddedPostgresException Unreachable(string what) =>
        new(
            EmbeddedPostgresException.DataFolderUnreachable,
            $"{what}: set {EmbeddedPostgresOptions.DataVariable} to a folder that every user can reach, such as /var/lib/audiencesync"
        );

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
