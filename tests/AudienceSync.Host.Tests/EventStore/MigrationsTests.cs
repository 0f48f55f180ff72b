using AudienceSync.Host.EventStore;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Postgres;
using Npgsql;

namespace AudienceSync.Host.Tests.EventStore;

/// <summary>Databases that another build migrated: nothing is applied beside what this build does not know.</summary>
public sealed class MigrationsTests
{
    private const string Empty = "select count(*) from pg_namespace where nspname like 'ws\\_%'";

    [Fact]
    public async Task A_database_of_a_build_from_before_the_baseline_is_refused_and_not_changed()
    {
        var database = await PostgresCluster.CreateDatabaseAsync();
        await ExecuteAsync(
            database,
            """
            create schema audience_sync;
            create table audience_sync.schema_versions (
              name text primary key, digest text not null, applied_at timestamptz not null default now());
            insert into audience_sync.schema_versions (name, digest) values
              ('0001_workspaces.sql', '1'), ('0002_retired_keys.sql', '2'), ('0003_messages.sql', '3'), ('0004_rights.sql', '4');
            """
        );

        var refused = await Should.ThrowAsync<SchemaUnknownException>(() => ApplyAsync(database));

        refused.Message.ShouldStartWith(
            "Schema audience_sync has migrations that this build does not know (0002_retired_keys.sql, 0003_messages.sql, 0004_rights.sql)."
        );
        (await AskAsync<long>(database, Empty)).ShouldBe(0);
        (await AskAsync<long>(database, "select count(*) from pg_tables where schemaname = 'audience_sync'")).ShouldBe(1);
    }

    [Fact]
    public async Task A_workspace_of_a_newer_version_is_refused_with_a_stable_code()
    {
        var database = await PostgresCluster.CreateMigratedAsync();
        await ExecuteAsync(
            database,
            """
            insert into ws_default.schema_versions (name, digest)
            select '9' || n || '_newer.sql', '' from generate_series(1, 5) n
            """
        );
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.Below("audiencesync.yaml"), "workspaces: { default: { sources: [] } }\n");

        var run = await CommandRun.RunAsync(
            new Dictionary<string, string>
            {
                ["AUDIENCESYNC_CONFIG"] = folder.Below("audiencesync.yaml"),
                ["AUDIENCESYNC_POSTGRES"] = database,
            },
            "migrate"
        );

        (run.ExitCode, run.Output).ShouldBe((2, ""));
        run.Error.ShouldStartWith(
            "audiencesync: schema_unknown: Schema ws_default has migrations that this build does not know (91_newer.sql, "
        );
        run.Error.ShouldContain(" and 2 more). Run the build that made it");
    }

    [Fact]
    public async Task A_file_that_was_edited_after_it_was_applied_is_refused()
    {
        var database = await PostgresCluster.CreateMigratedAsync();
        await ExecuteAsync(database, "update ws_default.schema_versions set digest = 'another' where name = '0001_event_log.sql'");

        (await Should.ThrowAsync<SchemaChangedException>(() => ApplyAsync(database))).Message.ShouldContain("0001_event_log.sql");
    }

    private static Task<IReadOnlyList<string>> ApplyAsync(string database) =>
        new Migrations(database).ApplyAsync([new WorkspaceName("default")], default);

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<T> AskAsync<T>(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
