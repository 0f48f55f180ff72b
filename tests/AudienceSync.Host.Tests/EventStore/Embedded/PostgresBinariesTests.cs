using AudienceSync.Host.EventStore.Embedded;
using AudienceSync.Host.Tests.Postgres;

namespace AudienceSync.Host.Tests.EventStore.Embedded;

public sealed class PostgresBinariesTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    [Theory]
    [InlineData("13.16 (Debian 13.16-0+deb11u1)", "13.16")]
    [InlineData("9.6.24", "9.6.24")]
    public async Task Binaries_that_are_too_old_are_refused_and_no_folder_is_made(string version, string shown)
    {
        Fake("initdb", "");
        Fake("pg_ctl", "");
        Fake("postgres", $"echo 'postgres (PostgreSQL) {version}'");
        var data = _temporary.Below("pg");

        var refused = await Clusters.RefusedAsync(Clusters.Options(data) with { BinFolder = _temporary.Path });

        refused.Code.ShouldBe("postgres_too_old");
        refused.Message.ShouldContain($"PostgreSQL {shown} ");
        refused.Message.ShouldContain("14");
        refused.Message.ShouldNotContain("\n");
        Directory.Exists(data).ShouldBeFalse();
    }

    [Theory]
    [InlineData("18.1", 18)]
    [InlineData("19beta2 (Debian)", 19)]
    [InlineData("14.0", 14)]
    public async Task Newer_versions_are_read_from_the_output_of_postgres(string version, int major)
    {
        Fake("initdb", "");
        Fake("pg_ctl", "");
        Fake("postgres", $"echo 'postgres (PostgreSQL) {version}'");

        var found = await PostgresBinaries.FindAsync(_temporary.Path, null, TimeProvider.System, default);

        found.Major.ShouldBe(major);
        found.Folder.ShouldBe(_temporary.Path);
    }

    [Fact]
    public async Task A_folder_without_the_programs_is_named_as_such()
    {
        Fake("postgres", "echo 'postgres (PostgreSQL) 16.1'");

        var refused = await Clusters.RefusedAsync(Clusters.Options(_temporary.Below("pg")) with { BinFolder = _temporary.Path });

        refused.Code.ShouldBe("postgres_not_found");
        refused.Message.ShouldContain(_temporary.Path);
    }

    [Fact]
    public async Task A_failed_creation_reports_the_output_of_initdb()
    {
        Fake("initdb", "echo 'initdb: no room' >&2; exit 1");
        Fake("pg_ctl", "");
        Fake("postgres", "echo 'postgres (PostgreSQL) 16.1'");

        var refused = await Clusters.RefusedAsync(Clusters.Options(_temporary.Below("pg")) with { BinFolder = _temporary.Path });

        refused.Code.ShouldBe("postgres_init_failed");
        refused.Message.ShouldContain("no room");
    }

    public void Dispose() => _temporary.Dispose();

    private void Fake(string program, string script)
    {
        var file = _temporary.Below(program);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(
            file,
            File.GetUnixFileMode(file) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        );
    }
}
