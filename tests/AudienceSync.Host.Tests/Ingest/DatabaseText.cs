using System.Text;
using AudienceSync.Host.Tests.Serving;
using Npgsql;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>All rows of all tables of a database as text; bytes are in hex.</summary>
internal sealed record DatabaseText(string Text)
{
    public static async Task<DatabaseText> ReadAsync(TestHost host)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(host.Database) { Pooling = false }.ConnectionString
        );
        var tables = await ReadAsync(
            source,
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('ws_default', 'audience_sync')"
        );
        tables.Count.ShouldBeGreaterThan(10);
        var text = new StringBuilder();
        foreach (var table in tables)
        {
            text.AppendJoin('\n', await ReadAsync(source, $"select t::text from {table} t")).AppendLine();
        }

        return new DatabaseText(text.ToString());
    }

    /// <summary>Checks that none of the canaries occurs, neither as text nor as bytes.</summary>
    public void ShouldHoldNone(IEnumerable<string> canaries)
    {
        foreach (var canary in canaries)
        {
            Text.Contains(canary, StringComparison.OrdinalIgnoreCase).ShouldBeFalse(canary);
            Text.Contains(Convert.ToHexString(Encoding.UTF8.GetBytes(canary)), StringComparison.OrdinalIgnoreCase)
                .ShouldBeFalse("bytes of " + canary);
        }
    }

    private static async Task<List<string>> ReadAsync(NpgsqlDataSource source, string sql)
    {
        var lines = new List<string>();
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }
}
