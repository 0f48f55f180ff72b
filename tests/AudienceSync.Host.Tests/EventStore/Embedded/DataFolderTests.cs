using AudienceSync.Host.EventStore.Embedded;
using AudienceSync.Host.Tests.Postgres;

namespace AudienceSync.Host.Tests.EventStore.Embedded;

/// <summary>Every state of the data folder that is refused, each with its code.</summary>
public sealed class DataFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private string Folder => _temporary.Below("pg");

    [Fact]
    public async Task A_folder_with_other_content_is_foreign_and_left_unchanged()
    {
        Directory.CreateDirectory(Folder);
        var otherFile = Path.Combine(Folder, "letter.txt");
        await File.WriteAllTextAsync(otherFile, "dear");

        var refused = await Clusters.RefusedAsync(Folder);

        refused.Code.ShouldBe("data_folder_foreign");
        refused.Message.ShouldContain(Folder);
        Directory.GetFileSystemEntries(Folder).ShouldBe([otherFile]);
    }

    [Fact]
    public async Task A_file_in_the_folders_place_is_foreign()
    {
        await File.WriteAllTextAsync(Folder, "");

        (await Clusters.RefusedAsync(Folder)).Code.ShouldBe("data_folder_foreign");
    }

    [Fact]
    public async Task An_interrupted_creation_is_refused_as_half_made()
    {
        Directory.CreateDirectory(Folder);
        new ClusterFolder(Folder).MarkMaking();

        var refused = await Clusters.RefusedAsync(Folder);

        refused.Code.ShouldBe("data_folder_half_made");
        refused.Message.ShouldContain("delete that folder");
    }

    [Fact]
    public async Task A_complete_marker_without_a_cluster_is_not_treated_as_an_empty_folder()
    {
        Directory.CreateDirectory(Folder);
        new ClusterFolder(Folder).MarkComplete();

        var refused = await Clusters.RefusedAsync(Folder);

        refused.Code.ShouldBe("data_folder_half_made");
        refused.Message.ShouldContain("backup");
    }

    [Fact]
    public async Task A_cluster_of_another_major_version_is_refused_with_both_versions()
    {
        var binaries = await PostgresBinaries.FindAsync(Clusters.Options(Folder).BinFolder, null, TimeProvider.System, default);
        var paths = new ClusterFolder(Folder);
        Directory.CreateDirectory(paths.Cluster);
        paths.MarkComplete();
        await File.WriteAllTextAsync(Path.Combine(paths.Cluster, "PG_VERSION"), "13\n");

        var refused = await Clusters.RefusedAsync(Folder);

        refused.Code.ShouldBe("postgres_version_changed");
        refused.Message.ShouldContain("PostgreSQL 13");
        refused.Message.ShouldContain($"version {binaries.Major}");
    }

    [Fact]
    public async Task A_folder_that_another_process_is_starting_is_in_use()
    {
        Directory.CreateDirectory(Folder);
        using var other = FolderLock.TryTake(new ClusterFolder(Folder).StartLock).ShouldNotBeNull();

        var refused = await Clusters.RefusedAsync(Clusters.Options(Folder) with { InUseTimeout = TimeSpan.Zero });

        refused.Code.ShouldBe("data_folder_in_use");
    }

    [Theory]
    [InlineData("a$HOME")]
    [InlineData("a\"b")]
    [InlineData("a`id`")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    public async Task A_path_that_the_start_programs_shell_would_interpret_is_invalid(string name) =>
        (await Clusters.RefusedAsync(_temporary.Below(name))).Code.ShouldBe("data_folder_invalid");

    [SkippableFact]
    public async Task A_parent_that_the_servers_user_cannot_access_is_named()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "only root runs the server as another user");
        var closed = _temporary.Below("closed");
        Directory.CreateDirectory(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var refused = await Clusters.RefusedAsync(Path.Combine(closed, "open", "pg"));

        refused.Code.ShouldBe("data_folder_unreachable");
        refused.Message.ShouldContain($"cannot enter {closed} ");
        refused.Message.ShouldContain("AUDIENCESYNC_DATA");
    }

    [Fact]
    public async Task A_folder_below_a_file_is_unreachable()
    {
        await File.WriteAllTextAsync(_temporary.Below("file"), "");

        (await Clusters.RefusedAsync(_temporary.Below("file/pg"))).Code.ShouldBe("data_folder_unreachable");
    }

    [Fact]
    public async Task A_server_that_does_not_start_reports_why()
    {
        await (await Clusters.StartAsync(Folder)).StopAsync();
        await File.AppendAllTextAsync(Path.Combine(Folder, "cluster", "postgresql.conf"), "no_such_setting = 1\n");

        var refused = await Clusters.RefusedAsync(Folder);

        refused.Code.ShouldBe("postgres_start_failed");
        refused.Message.ShouldContain("no_such_setting");
    }

    public void Dispose() => _temporary.Dispose();
}
