using AudienceSync.Host.EventStore;
using Npgsql;

namespace AudienceSync.Host.Tests.Postgres;

public sealed class PostgresClusterTests
{
    [Fact]
    public async Task Every_database_is_new_and_empty()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PostgresCluster.CreateDatabaseAsync()));

        all.Distinct().Count().ShouldBe(all.Length);
        foreach (var database in all)
        {
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(
                "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace",
                connection
            );
            (await command.ExecuteScalarAsync()).ShouldBe(0L);
        }
    }

    [Fact]
    public async Task A_migrated_database_needs_no_migration_and_a_new_one_all_of_them()
    {
        var (migrated, empty) = (await PostgresCluster.CreateMigratedAsync(), await PostgresCluster.CreateDatabaseAsync());
        var workspace = new WorkspaceName("default");

        (await new Migrations(migrated).ApplyAsync([workspace], default)).ShouldBeEmpty();
        (await new Migrations(empty).ApplyAsync([workspace], default)).Count.ShouldBeGreaterThan(10);
    }
}
