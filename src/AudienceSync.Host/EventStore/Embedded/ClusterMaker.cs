namespace AudienceSync.Host.EventStore.Embedded;

/// <summary>
/// Creates the cluster, its superuser and its database. After an interruption the marker shows that the cluster is not complete.
/// </summary>
internal sealed class ClusterMaker(ClusterFolder folder, PostgresBinaries binaries, ServerUser user, TimeProvider time)
{
    public const string Role = "audiencesync";
    public const string Database = "audiencesync";

    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(3);

    public async Task MakeAsync(bool fsync, CancellationToken cancel)
    {
        folder.MarkMaking();
        await RunAsync(binaries.Initdb, InitArguments(fsync), "", cancel);

        // Only the server package is needed: createdb and psql may be missing, single-user mode never is.
        await RunAsync(
            binaries.Postgres,
            ["--single", "-D", folder.Cluster, "-c", "exit_on_error=on", "-c", $"fsync={(fsync ? "on" : "off")}", "postgres"],
            $"CREATE DATABASE {Database}\n",
            cancel
        );
        await File.WriteAllTextAsync(
            Path.Combine(folder.Cluster, "pg_hba.conf"),
            "# The socket is in a folder that only the server's user can enter.\nlocal all all trust\n",
            cancel
        );
        await File.AppendAllTextAsync(
            Path.Combine(folder.Cluster, "postgresql.conf"),
            $"\ninclude_if_exists = '{ServerSettings.FileName}'\n",
            cancel
        );
        folder.MarkComplete();
    }

    private string[] InitArguments(bool fsync)
    {
        string[] arguments = ["-D", folder.Cluster, "-U", Role, "-A", "trust", "-k", "--encoding=UTF8", "--locale=C", "--no-instructions"];
        return fsync ? arguments : [.. arguments, "--no-sync"];
    }

    private async Task RunAsync(string program, string[] arguments, string input, CancellationToken cancel)
    {
        var call = new ToolCall(program, arguments)
        {
            User = user.Name,
            Input = input,
            TimeLimit = TimeLimit,
        };
        var result = await ToolRun.RunAsync(call, time, cancel);
        if (!result.Succeeded)
        {
            throw new EmbeddedPostgresException(
                EmbeddedPostgresException.PostgresInitFailed,
                $"{Path.GetFileName(program)} of PostgreSQL {binaries.Version} could not create the cluster in {folder.Path}: correct "
                    + $"the reported cause, delete that folder and start again\n{result.Text}"
            );
        }
    }
}
