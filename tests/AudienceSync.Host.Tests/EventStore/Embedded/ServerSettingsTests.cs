using AudienceSync.Host.EventStore.Embedded;

namespace AudienceSync.Host.Tests.EventStore.Embedded;

public sealed class ServerSettingsTests
{
    private const long GiB = 1L << 30;

    private static readonly EmbeddedPostgresOptions Options = new() { DataFolder = "/data" };

    [Theory]
    [InlineData(2 * GiB, "512MB")]
    [InlineData(64 * GiB, "1024MB")]
    [InlineData(1 << 20, "16MB")]
    public void Shared_buffers_are_a_quarter_of_the_memory_and_one_gigabyte_at_most(long memoryBytes, string expected) =>
        ServerSettings.Text(Options, "/s", hasLz4: true, memoryBytes).ShouldContain($"shared_buffers = '{expected}'\n");

    [Fact]
    public void A_commit_waits_for_the_disk_unless_configured_otherwise()
    {
        var text = ServerSettings.Text(Options, "/s", hasLz4: true, GiB);
        foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes" })
        {
            text.Split('\n').Where(line => line.StartsWith(setting + " ", StringComparison.Ordinal)).ShouldBe([$"{setting} = on"]);
        }

        ServerSettings.Text(Options with { Fsync = false }, "/s", hasLz4: true, GiB).ShouldContain("\nfsync = off\n");
    }

    [Fact]
    public void A_build_without_lz4_uses_its_default_compression() =>
        ServerSettings.Text(Options, "/s", hasLz4: false, GiB).ShouldContain("\nwal_compression = on\n");

    [Fact]
    public void A_quote_in_the_socket_folder_does_not_end_the_setting() =>
        ServerSettings.Text(Options, "/it's", hasLz4: true, GiB).ShouldContain("unix_socket_directories = '/it''s'\n");

    [Theory]
    [InlineData(86, true)]
    [InlineData(87, false)]
    public void The_socket_is_near_the_data_while_its_path_is_short_enough(int dataFolderBytes, bool near)
    {
        // 107 bytes less "/socket/.s.PGSQL.5432", in bytes and not in characters.
        var dataFolder = "/ü" + new string('d', dataFolderBytes - 3);

        var socketFolder = SocketFolder.For(dataFolder, "/tmp");

        socketFolder.StartsWith(dataFolder, StringComparison.Ordinal).ShouldBe(near);
        socketFolder.ShouldBe(SocketFolder.For(dataFolder, "/tmp"));
    }

    [Fact]
    public void A_temp_folder_that_is_too_long_itself_is_not_used() =>
        SocketFolder.For("/" + new string('d', 100), "/" + new string('t', 100)).ShouldStartWith("/tmp/audiencesync-");

    [Fact]
    public void The_data_folder_and_the_programs_are_set_by_two_variables()
    {
        var set = new Dictionary<string, string?> { ["AUDIENCESYNC_DATA"] = "here", ["AUDIENCESYNC_PG_BIN"] = "/pg/bin" };

        var result = EmbeddedPostgresOptions.FromSettings(name => set.GetValueOrDefault(name), "/checkout");
        var unset = EmbeddedPostgresOptions.FromSettings(_ => null, "/checkout");

        result.DataFolder.ShouldBe("/checkout/here/postgres");
        result.BinFolder.ShouldBe("/pg/bin");
        unset.DataFolder.ShouldBe("/checkout/.data/postgres");
        unset.BinFolder.ShouldBeNull();
    }
}
