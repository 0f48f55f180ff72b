using System.Diagnostics;
using AudienceSync.Host.EventStore.Embedded;
using AudienceSync.Host.Tests.Postgres;
using Npgsql;

namespace AudienceSync.Host.Tests.EventStore.Embedded;

/// <summary>Real clusters: created, kept, adopted, killed and stopped.</summary>
public sealed class ClusterLifeTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    [Fact]
    public async Task A_missing_folder_becomes_a_cluster_that_only_its_user_can_access()
    {
        await using var server = await Clusters.StartAsync(_temporary.Below("deep/pg"));

        server.IsAdopted.ShouldBeFalse();
        (await Clusters.ScalarAsync(server, "SELECT current_user || ' ' || current_database()")).ShouldBe("audiencesync audiencesync");
        (await Clusters.ScalarAsync(server, "SHOW listen_addresses")).ShouldBe("");
        (await Clusters.ScalarAsync(server, "SHOW data_checksums")).ShouldBe("on");
        (await Clusters.ScalarAsync(server, "SHOW server_encoding")).ShouldBe("UTF8");
        (await Clusters.ScalarAsync(server, "SELECT datcollate FROM pg_database WHERE datname = current_database()")).ShouldBe("C");
        (await Clusters.ScalarAsync(server, "SELECT count(*)::text FROM pg_hba_file_rules WHERE type <> 'local'")).ShouldBe("0");
        (await Clusters.ScalarAsync(server, "SELECT count(*)::text FROM pg_file_settings WHERE error IS NOT NULL")).ShouldBe("0");
        const UnixFileMode onlyUser = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.GetUnixFileMode(_temporary.Below("deep/pg")).ShouldBe(onlyUser);
        File.GetUnixFileMode(new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!).ShouldBe(onlyUser);
    }

    [Fact]
    public async Task A_stopped_cluster_keeps_its_data_and_takes_new_options()
    {
        var folder = _temporary.Below("pg");
        await using (var first = await Clusters.StartAsync(folder))
        {
            await Clusters.ScalarAsync(first, "CREATE TABLE kept AS SELECT 42 AS answer");
            (await Clusters.ScalarAsync(first, "SHOW fsync")).ShouldBe("off");
        }

        var options = Clusters.Options(folder) with { Fsync = true, MaxConnections = 33 };
        await using var second = await EmbeddedPostgres.StartAsync(options, TimeProvider.System);

        second.IsAdopted.ShouldBeFalse();
        (await Clusters.ScalarAsync(second, "SELECT answer::text FROM kept")).ShouldBe("42");
        (await Clusters.ScalarAsync(second, "SHOW fsync")).ShouldBe("on");
        (await Clusters.ScalarAsync(second, "SHOW synchronous_commit")).ShouldBe("on");
        (await Clusters.ScalarAsync(second, "SHOW full_page_writes")).ShouldBe("on");
        (
            await Clusters.ScalarAsync(
                second,
                "SELECT string_agg(setting, ',' ORDER BY name) FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', "
                    + "'synchronous_commit') AND source <> 'default'"
            )
        ).ShouldBe("on,on,on", "set explicitly, not left to the build's defaults");
        (await Clusters.ScalarAsync(second, "SHOW max_connections")).ShouldBe("33");
    }

    [Fact]
    public async Task A_server_whose_owner_died_is_adopted_and_then_stopped()
    {
        var folder = _temporary.Below("pg");
        var paths = new ClusterFolder(folder);
        var made = await Clusters.StartAsync(folder);
        var user = await ServerUser.ForAsync(paths, TimeProvider.System, default);
        await made.StopAsync();
        // The state after a Host was killed: a running server, and locks that nobody holds.
        await SocketFolder.PrepareAsync(paths, user, TimeProvider.System, default);
        await new ClusterServer(paths, made.Binaries, user, TimeProvider.System).StartAsync(TimeSpan.FromSeconds(30), default);
        var orphan = PidFile.OfLivingServer(paths).ShouldNotBeNull();

        await using (var adopting = await Clusters.StartAsync(folder))
        {
            adopting.IsAdopted.ShouldBeTrue();
            PidFile.OfLivingServer(paths)!.Pid.ShouldBe(orphan.Pid);
            (await Clusters.ScalarAsync(adopting, "SELECT 'served'")).ShouldBe("served");
        }

        PidFile.OfLivingServer(paths).ShouldBeNull();
        File.Exists(paths.PidFile).ShouldBeFalse();
    }

    [Fact]
    public async Task The_last_of_two_hosts_stops_the_server()
    {
        var folder = _temporary.Below("pg");
        // Both start concurrently on a missing folder: one creates it, the other waits and adopts.
        var both = await Task.WhenAll(Clusters.StartAsync(folder), Clusters.StartAsync(folder));
        both.Count(host => host.IsAdopted).ShouldBe(1);

        await both[0].StopAsync();
        (await Clusters.ScalarAsync(both[1], "SELECT 'still here'")).ShouldBe("still here");
        await both[1].StopAsync();
        await both[1].StopAsync();

        PidFile.OfLivingServer(new ClusterFolder(folder)).ShouldBeNull();
        await Should.ThrowAsync<NpgsqlException>(() => Clusters.ScalarAsync(both[1], "SELECT 'gone'"));
    }

    [Fact]
    public async Task A_killed_server_is_restarted_with_its_committed_data()
    {
        var folder = _temporary.Below("pg");
        var first = await Clusters.StartAsync(folder);
        await Clusters.ScalarAsync(first, "SET synchronous_commit = on; CREATE TABLE kept AS SELECT 42 AS answer");
        var killed = PidFile.OfLivingServer(new ClusterFolder(folder)).ShouldNotBeNull();
        using (var process = Process.GetProcessById(killed.Pid))
        {
            process.Kill();
            await process.EndAsync();
        }

        File.Exists(new ClusterFolder(folder).PidFile).ShouldBeTrue("the stale pid file is the point of this test");
        await using var second = await Clusters.StartAsync(folder);

        second.IsAdopted.ShouldBeFalse();
        (await Clusters.ScalarAsync(second, "SELECT answer::text FROM kept")).ShouldBe("42");
        await first.StopAsync();
    }

    [Fact]
    public async Task A_pid_file_that_names_another_process_is_not_adopted()
    {
        var folder = _temporary.Below("pg");
        await (await Clusters.StartAsync(folder)).StopAsync();
        var paths = new ClusterFolder(folder);
        await File.WriteAllTextAsync(paths.PidFile, $"{Environment.ProcessId}\n{paths.Cluster}\n1\n5432\n/nowhere\n\n  1  1\nready   \n");

        PidFile.OfLivingServer(paths).ShouldBeNull();
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_is_served_from_the_temp_folder_which_is_cleaned_up()
    {
        var folder = _temporary.Below($"{new string('a', 60)}/b, c; d=e'f/{new string('g', 40)}");
        string socketFolder;
        await using (var server = await Clusters.StartAsync(folder))
        {
            socketFolder = new NpgsqlConnectionStringBuilder(server.ConnectionString).Host!;
            socketFolder.ShouldStartWith(Path.Combine(Path.GetTempPath(), "audiencesync-"));
            (await Clusters.ScalarAsync(server, "SELECT 'served'")).ShouldBe("served");
        }

        Directory.Exists(socketFolder).ShouldBeFalse();
    }

    [SkippableFact]
    public async Task The_server_receives_only_the_paths_of_our_environment()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "/proc is Linux's");
        Environment.SetEnvironmentVariable("AUDIENCESYNC_TEST_SECRET", "hunter2");
        var folder = _temporary.Below("pg");
        await using var server = await Clusters.StartAsync(folder);

        var pid = PidFile.OfLivingServer(new ClusterFolder(folder))!.Pid;
        var environment = await File.ReadAllTextAsync($"/proc/{pid}/environ");

        environment.ShouldContain("PATH=");
        environment.ShouldNotContain("AUDIENCESYNC_TEST_SECRET");
        environment.ShouldNotContain("hunter2");
    }

    public void Dispose() => _temporary.Dispose();
}
