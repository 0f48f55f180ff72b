using AudienceSync.Host.Tests.Workspaces;
using Npgsql;

namespace AudienceSync.Host.Tests.EventStore;

public sealed class SqlPreparesTests
{
    [Fact]
    public async Task Every_statement_of_the_engine_prepares_against_a_fresh_schema()
    {
        await using var workspace = await TestWorkspace.CreateAsync();
        await using var connection = await workspace.Database.Hot.OpenConnectionAsync();
        var refused = new List<string>();
        foreach (var (name, sql) in SqlConstants.All)
        {
            await using var prepare = new NpgsqlCommand($"prepare \"{name}\" as {sql}", connection);
            try
            {
                await prepare.ExecuteNonQueryAsync();
            }
            catch (PostgresException failure)
            {
                refused.Add($"{name}: {failure.SqlState} {failure.MessageText}");
            }
        }

        refused.ShouldBeEmpty();
        SqlConstants.All.Keys.ShouldContain("AppendSql.Events");
        SqlConstants.All.Keys.ShouldContain("LaneStore.LaneSql");
        SqlConstants.All.Count.ShouldBeGreaterThan(35);
    }
}
