using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Exposures.Export;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Ingest;
using DuckDB.NET.Data;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Exposures;

public sealed partial class ExposureExportTests(ITestOutputHelper output)
{
    private const int Events = 3_300;

    [Fact]
    public async Task An_export_killed_three_times_and_continued_has_the_bytes_of_one_that_was_not() => await KillAsync(3);

    [ProveFact]
    [Trait("Category", "Prove")]
    public async Task An_export_killed_twenty_times_and_continued_has_the_bytes_of_one_that_was_not() => await KillAsync(20);

    [Fact]
    public async Task The_files_of_a_day_are_parts_of_fixed_positions_with_a_manifest_and_the_day_that_lasts_is_not_there()
    {
        await using var stage = await ExportStage.CreateAsync();
        var first = await stage.ExportAsync("a");
        first.ShouldBe(new ExportResult(2, 10 + 2, Events, Events));
        var days = Directory.GetDirectories(stage.PathOf("a/exposures/schema=1/workspace=default")).Select(Path.GetFileName).Order();
        days.ShouldBe(["dt=2026-11-21", "dt=2026-11-22"]);
        var day = stage.PathOf("a/exposures/schema=1/workspace=default/dt=2026-11-22");
        using var manifest = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(day, "_manifest.json")));
        var files = manifest.RootElement.GetProperty("files").EnumerateArray().ToList();
        files
            .Select(file => file.GetProperty("file").GetString())
            .ShouldBe(["part-000000002801-000000003000.parquet", "part-000000003001-000000003300.parquet"]);
        foreach (var file in files)
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(day, file.GetProperty("file").GetString()!));
            file.GetProperty("sha256").GetString().ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
        }

        var again = await stage.ExportAsync("a", since: first.Position);
        again.ShouldBe(new ExportResult(0, 0, 0, Events), "what is there is skipped");
        File.Delete(Path.Combine(day, "part-000000003001-000000003300.parquet"));
        (await stage.ExportAsync("a")).Days.ShouldBe(1, "a file that is missing is written again");
        var refused = await Should.ThrowAsync<SetupException>(() => stage.ExportAsync("a", ExportFormat.Ndjson));
        refused.Code.ShouldBe("export_format_differs");
    }

    [Fact]
    public async Task Duckdb_reads_the_files_and_every_statement_of_the_page_runs()
    {
        await using var stage = await ExportStage.CreateAsync();
        await stage.ExportAsync("a");
        await using var duck = new DuckDBConnection("DataSource=:memory:");
        await duck.OpenAsync();
        var page = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Find(), "docs", "exposures.md"));
        var statements = Statements().Matches(page).ToDictionary(match => match.Groups["name"].Value, match => match.Groups["sql"].Value);
        statements.Keys.ShouldBe(["setup", "lift", "sample_ratio", "arm_stable", "holdout_sent", "eligible_first", "contamination"]);
        await RunAsync(duck, statements["setup"].Replace("/data/exposures/", stage.PathOf("a") + "/", StringComparison.Ordinal));
        (await RunAsync(duck, statements["lift"])).ShouldBe(["winback_lift|holdout|100|0", "winback_lift|treatment|900|900"]);
        (await RunAsync(duck, statements["sample_ratio"])).ShouldBe(["winback_lift|100|1000|0"]);
        foreach (var check in new[] { "arm_stable", "holdout_sent", "eligible_first", "contamination" })
        {
            (await RunAsync(duck, statements[check])).ShouldBeEmpty(check);
        }

        (
            await RunAsync(
                duck,
                "select count(*), count(distinct person_key), max(position), count(received_at), typeof(any_value(occurred_at)), "
                    + "max(recorded_at) filter (where kind = 'acknowledged')::varchar from exposure_events"
            )
        ).ShouldBe([$"{Events}|1000|{Events}|1500|TIMESTAMP WITH TIME ZONE|2026-11-21 10:00:02.123456+00"]);

        await stage.Workspace.ExecuteAsync(
            """
            insert into audience_keys (audience_key, audience, version, published_at) values ('other_v1', 'other', 1, now());
            insert into exposure_periods (spell_id, person_key, key_id, experiment, arm, eligible_from, opened_at)
            values (2001, md5('p10')::uuid, 1, 'winback_lift', 1, now(), now());
            insert into exposure_periods (spell_id, person_key, key_id, eligible_from, opened_at)
            values (2002, md5('p20')::uuid, 3, now(), now());
            insert into exposure_sends (spell_id, binding_id, sent_at) values (2002, 1, now());
            update exposure_log set kind = 13 where position = 10;
            update exposure_log set kind = 1 where position = 11;
            """
        );
        await stage.ExportAsync("b");
        await RunAsync(duck, "drop view exposure_events; drop view exposure_spells");
        await RunAsync(duck, statements["setup"].Replace("/data/exposures/", stage.PathOf("b") + "/", StringComparison.Ordinal));
        foreach (var check in new[] { "arm_stable", "holdout_sent", "eligible_first", "contamination" })
        {
            (await RunAsync(duck, statements[check])).ShouldNotBeEmpty($"{check} finds what is wrong");
        }
    }

    [Fact]
    public async Task The_verb_writes_lines_of_json_and_prints_where_it_ended()
    {
        await using var stage = await ExportStage.CreateAsync();
        var environment = new Dictionary<string, string> { ["AUDIENCESYNC_POSTGRES"] = stage.Workspace.ConnectionString };
        var run = await CommandRun.RunAsync(
            environment,
            "exposures",
            "export",
            "--since",
            "2800",
            "--format",
            "ndjson",
            "--to",
            stage.PathOf("a"),
            "--json"
        );
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.Trim().ShouldBe($$"""{"days":1,"files":1,"rows":500,"position":{{Events}}}""");
        var file = stage.PathOf("a/exposures/schema=1/workspace=default/dt=2026-11-22/part-000000002801-000000003300.ndjson.gz");
        await using var zipped = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var content = new MemoryStream();
        await zipped.CopyToAsync(content);
        var lines = Encoding.UTF8.GetString(content.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(500);
        using var line = JsonDocument.Parse(lines[0]);
        line.RootElement.GetProperty("event_id").GetString().ShouldBe("default:2801");
        line.RootElement.GetProperty("arm").GetString().ShouldBe("treatment");
        line.RootElement.GetProperty("occurred_at").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 11, 22, 8, 59, 0, TimeSpan.Zero));
        line.RootElement.EnumerateObject().Count().ShouldBe(ExposureColumns.Events.Count);

        var wrong = await CommandRun.RunAsync(environment, "exposures", "export", "--since=-1", "--to", stage.PathOf("b"));
        wrong.ExitCode.ShouldNotBe(0);
    }

    private async Task KillAsync(int kills)
    {
        var random = Seeded.Random(output);
        await using var stage = await ExportStage.CreateAsync();
        foreach (var format in ExportFormat.All)
        {
            var whole = "whole-" + format.Name;
            var killed = "killed-" + format.Name;
            await stage.ExportAsync(whole, format);
            for (var kill = 0; kill < kills; kill++)
            {
                try
                {
                    await stage.ExportAsync(killed, format, stopAt: random.Next(1, 16));
                }
                catch (ExportStage.KilledException)
                {
                    output.WriteLine($"{format.Name}: {stage.Files(killed, "").Count} files after kill {kill + 1}");
                }
            }

            await stage.ExportAsync(killed, format);
            stage.Files(killed, "exposures").ShouldBe(stage.Files(whole, "exposures"));
            stage.Files(whole, "exposures").Count.ShouldBe(14);
        }
    }

    private static async Task<List<string>> RunAsync(DuckDBConnection duck, string sql)
    {
        var rows = new List<string>();
        await using var command = duck.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
        }

        return rows;
    }

    [GeneratedRegex(
        "```sql duckdb (?<name>\\w+)\n(?<sql>.*?)```",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Statements();
}
