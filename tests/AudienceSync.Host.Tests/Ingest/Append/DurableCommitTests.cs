using System.Diagnostics;
using System.Globalization;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Embedded;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Tests.EventStore.Embedded;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Ingest.Append;

/// <summary>"Accepted means durable" has two halves: the server waits for its disk, and none of our code disables that wait.</summary>
public sealed class DurableCommitTests : IDisposable
{
    private const int Rounds = 4;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>
    /// The database is set to a value that neither the server nor our code uses. The setting in effect when an append commits is read by a
    /// trigger that fires at the commit itself, so it does not matter where a weaker setting would come from: the pool, the session or the
    /// transaction.
    /// </summary>
    [Fact]
    public async Task An_append_commits_with_the_durability_setting_of_the_database()
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await workspace.ExecuteAsync(
            """
            create table durability (setting text not null);
            create function note_durability() returns trigger language plpgsql security definer as
              'begin insert into ws_default.durability values (current_setting(''synchronous_commit'')); return null; end';
            create constraint trigger at_commit after insert
              on mt_events deferrable initially deferred for each row execute function note_durability();
            """
        );
        await SetAsync(workspace);
        await using (var host = new RunningCommit(workspace))
        {
            for (var n = 0; n < 3; n++)
            {
                (await host.SendEventAsync(workspace.Webhooks.Add($"e{n}", TestWorkspace.Start, $"c{n}"))).ShouldBe(AppendResult.Committed);
            }
        }

        (await workspace.RowsAsync("select distinct setting from durability")).ShouldBe(["remote_apply"]);
    }

    [Theory]
    [InlineData("hot")]
    [InlineData("append")]
    [InlineData("query")]
    public async Task Every_pool_leaves_durability_to_the_database(string pool)
    {
        await using var workspace = await TestWorkspace.CreateAsync([null]);
        await SetAsync(workspace);
        var database = workspace.Database;
        await using var command = (
            pool switch
            {
                "hot" => database.Hot,
                "append" => database.Append,
                _ => database.Query,
            }
        ).CreateCommand("select current_setting('synchronous_commit')");
        (await command.ExecuteScalarAsync()).ShouldBe("remote_apply");
    }

    /// <summary>
    /// Acknowledged data is still there after every process of the server was killed at once and without notice, a moment after the commit.
    /// </summary>
    [Fact]
    public async Task Committed_data_is_there_after_the_whole_server_is_killed_at_once()
    {
        var options = Clusters.Options(_folder.Below("pg")) with { Fsync = true };
        var server = await EmbeddedPostgres.StartAsync(options, TimeProvider.System);
        await Clusters.ScalarAsync(server, "create table kept (round int not null)");
        for (var round = 1; round <= Rounds; round++)
        {
            await Clusters.ScalarAsync(
                server,
                $"insert into kept select {round.ToString(CultureInfo.InvariantCulture)} from generate_series(1, 50)"
            );
            await KillAsync(options.DataFolder);
            var next = await EmbeddedPostgres.StartAsync(options, TimeProvider.System);
            await server.StopAsync();
            server = next;
            (await Clusters.ScalarAsync(server, "select count(*)::text from kept")).ShouldBe(
                (round * 50).ToString(CultureInfo.InvariantCulture),
                $"round {round}"
            );
        }

        await server.StopAsync();
    }

    // Takes effect for new connections.
    private static async Task SetAsync(TestWorkspace workspace)
    {
        await workspace.ExecuteAsync(
            $"alter database {await workspace.AskAsync<string>("select current_database()::text")} set synchronous_commit = remote_apply"
        );
        workspace.Database.Hot.Clear();
        workspace.Database.Append.Clear();
        workspace.Database.Query.Clear();
    }

    private static async Task KillAsync(string folder)
    {
        var server = PidFile.OfLivingServer(new ClusterFolder(folder)).ShouldNotBeNull();
        using var process = Process.GetProcessById(server.Pid);
        process.Kill(entireProcessTree: true);
        await process.EndAsync();
    }
}
