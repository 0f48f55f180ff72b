using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest.Importing;

/// <summary><c>events import</c> and <c>sources</c>, against a running Host.</summary>
public sealed class ImportCommandTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(new TestHostOptions { RealPort = true, Clock = new OffsetClock(Sample.Now) });
        _environment["AUDIENCESYNC_CONFIG"] = _host.ConfigPath;
        _environment["AUDIENCESYNC_URLS"] = _host.Http.BaseAddress!.ToString();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("signed", false)]
    [InlineData("unsigned", true)]
    public async Task Lines_have_the_outcomes_of_webhooks_and_are_duplicates_the_second_time(string source, bool zipped)
    {
        var file = Write("events", zipped, Lines(1_100).Append("{").Append(Wrong()).Append(Unpublished()));
        var first = await RunAsync("events", "import", file, "--source", source, "--json");
        first.ExitCode.ShouldBe(1, "two records are refused");
        Counts(first).ShouldBe([1_103, 1_100, 0, 1, 2]);
        (await File.ReadAllLinesAsync(file + ".rejected.ndjson")).ShouldBe([
            """{"line":1101,"status":"refused","code":"malformed_json"}""",
            """{"line":1102,"status":"refused","code":"missing_person"}""",
            """{"line":1103,"status":"quarantined","code":"unknown_audience_key"}""",
        ]);
        File.Exists(file + ".import-state.json").ShouldBeFalse();
        (await EventsAsync()).ShouldBe(1_100);

        var second = await RunAsync("events", "import", file, "--source", source);
        second.Output.ShouldContain("1,103 read, 0 accepted, 1,100 duplicates, 1 quarantined, 2 refused");
        (await EventsAsync()).ShouldBe(1_100);
    }

    [Fact]
    public async Task Csv_is_mapped_and_equals_the_same_lines()
    {
        var csv = Write(
            "people.csv",
            zipped: false,
            ["Kunde;Mail;Zeit", .. Enumerable.Range(0, 40).Select(n => $"cust-{n};user{n}@example.com;2026-11-{1 + (n % 20):D2}T10:00:00Z")]
        );
        string[] mapped =
        [
            "events",
            "import",
            csv,
            "--token-file",
            Write("token", zipped: false, [TestHostFiles.UnsignedToken]),
            "--delimiter",
            "semicolon",
            "--map",
            "customer_id=Kunde,email=Mail,occurred_at=Zeit",
            "--set",
            "event=audience_add",
            "--set",
            "audience_key=high_intent_cart_7d_v1",
            "--json",
        ];
        (await RunAsync(mapped)).ShouldSatisfyAllConditions(
            run => run.ExitCode.ShouldBe(0, run.Error),
            run => Counts(run).ShouldBe([40, 40, 0, 0, 0])
        );

        var lines = Write(
            "same",
            zipped: false,
            Enumerable
                .Range(0, 40)
                .Select(n =>
                    $$$"""{"event":"audience_add","audience_key":"high_intent_cart_7d_v1","occurred_at":"2026-11-{{{1 + (n % 20):D2}}}T10:00:00Z","person":{"customer_id":"cust-{{{n}}}","email":"user{{{n}}}@example.com"}}"""
                )
        );
        Counts(await RunAsync("events", "import", lines, "--source", "unsigned", "--json")).ShouldBe([40, 0, 40, 0, 0]);
    }

    [Fact]
    public async Task A_dry_run_stores_nothing_and_finds_the_same()
    {
        var file = Write("events", zipped: false, Lines(600).Append(Wrong()).Append(Unpublished()));
        var dry = await RunAsync("events", "import", file, "--source", "signed", "--dry-run", "--json");
        Counts(dry).ShouldBe([602, 600, 0, 1, 1]);
        (await EventsAsync()).ShouldBe(0);
        (await _host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(0);
        var rejected = await File.ReadAllTextAsync(file + ".rejected.ndjson");

        Counts(await RunAsync("events", "import", file, "--source", "signed", "--json")).ShouldBe([602, 600, 0, 1, 1]);
        (await File.ReadAllTextAsync(file + ".rejected.ndjson")).ShouldBe(rejected);
    }

    [Fact]
    public async Task No_personal_data_is_printed_or_written_unless_wanted()
    {
        const string Canary = "canary.person@example.com";
        var wrong = $$$"""{"event":"audience_add","person":{"email":"{{{Canary}}}"}}""";
        var file = Write("events", zipped: false, [wrong, "{\"" + Canary]);
        var run = await RunAsync("events", "import", file, "--source", "signed");
        var csv = await RunAsync("events", "import", Write("p.csv", zipped: false, [Canary, Canary]), "--source", "signed");
        csv.ExitCode.ShouldBe(1);
        csv.Error.ShouldContain("import_no_header");
        foreach (var text in new[] { run.Output, run.Error, csv.Output, csv.Error, await File.ReadAllTextAsync(file + ".rejected.ndjson") })
        {
            text.ShouldNotContain(Canary);
        }

        await RunAsync("events", "import", file, "--source", "signed", "--keep-rejected");
        var kept = (await File.ReadAllLinesAsync(file + ".rejected.ndjson")).Select(line => JsonSerializer.Deserialize<JsonElement>(line));
        kept.Select(line => line.GetProperty("record").GetString()).ShouldBe([wrong, "{\"" + Canary]);
    }

    [Fact]
    public async Task What_must_be_set_up_first_has_its_code()
    {
        var file = Write("events", zipped: false, Lines(1));
        await RefusedAsync("import_missing", "events", "import", _folder.Below("none"), "--source", "signed");
        await RefusedAsync("unknown_source", "events", "import", file, "--source", "nobody");
        await RefusedAsync("secret_missing", "events", "import", file);
        await RefusedAsync("import_mapping", "events", "import", file, "--source", "signed", "--map", "mail=x");
        await RefusedAsync("unauthorized", "events", "import", file, "--token-file", Write("token", zipped: false, ["wrong"]));
        await RefusedAsync(
            "signature_missing",
            "events",
            "import",
            file,
            "--token-file",
            Write("token", zipped: false, [TestHostFiles.SignedToken])
        );
        _environment["AUDIENCESYNC_URLS"] = "http://127.0.0.1:1";
        await RefusedAsync("host_unreachable", "events", "import", file, "--source", "signed");
    }

    [Fact]
    public async Task A_source_is_tried_out_without_storing_anything()
    {
        (await RunAsync("sources", "list")).Output.ShouldSatisfyAllConditions(
            text => text.ShouldContain("may_sign"),
            text => text.ShouldContain("if_present"),
            text => text.ShouldNotContain(TestHostFiles.SigningKey)
        );
        var sample = await RunAsync("sources", "test", "signed");
        sample.ExitCode.ShouldBe(0, sample.Error);
        sample.Output.ShouldContain("Event 1 would be appended");

        var body = Write(
            "body.json",
            zipped: false,
            [
                """{"event":"audience_add","audience_key":"high_intent_cart_7d_v1","event_id":"e-1",""",
                """ "occurred_at":"2026-11-20T10:00:00Z","person":{"customer_id":"undefined","email":"Ann.Doe@Example.com","phone":"123"}}""",
            ]
        );
        var run = await RunAsync("sources", "test", "signed", body, "--json");
        var answer = JsonSerializer.Deserialize<JsonElement>(run.Output);
        var result = answer.GetProperty("results")[0];
        result.GetProperty("status").GetString().ShouldBe("accepted");
        result.GetProperty("event").GetString().ShouldBe("audience_member_added");
        result.GetProperty("audience_key").GetString().ShouldBe("high_intent_cart_7d_v1");
        result.GetProperty("effective_at").GetDateTimeOffset().ShouldBe(new DateTimeOffset(2026, 11, 20, 10, 0, 0, TimeSpan.Zero));
        result
            .GetProperty("identifiers")
            .EnumerateArray()
            .Select(one => $"{one.GetProperty("field")} {one.GetProperty("shown")} {one.GetProperty("usable")} {one.GetProperty("code")}")
            .ShouldBe(["email A***@E***.com True ", "phone 1*** False too_short"]);
        result
            .GetProperty("warnings")
            .EnumerateArray()
            .Select(one => $"{one.GetProperty("code")} {one.GetProperty("field")}")
            .ShouldBe(["too_short person.phone", "placeholder person.customer_id"]);

        var wrong = Write("wrong.json", zipped: false, ["""{"event":"audience_add","audience_key":"no version"}"""]);
        (await RunAsync("sources", "test", "signed", wrong)).ShouldSatisfyAllConditions(
            tried => tried.ExitCode.ShouldBe(1),
            tried => tried.Output.ShouldContain("would be refused: invalid_audience_key")
        );
        (await RunAsync("sources", "test", "nobody", body)).Error.ShouldContain("unknown_source");
        (await EventsAsync()).ShouldBe(0);
        (await _host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(0);
    }

    private static IEnumerable<string> Lines(int count) =>
        Enumerable
            .Range(0, count)
            .Select(n =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $$$"""{"event":"{{{(n % 5 == 4 ? "audience_remove" : "audience_add")}}}","event_id":"e-{{{n}}}","audience_key":"high_intent_cart_7d_v1","occurred_at":"2026-11-20T10:00:00Z","person":{"customer_id":"c-{{{n % 300}}}"}}"""
                )
            );

    private static string Wrong() => """{"event":"audience_add","event_id":"w","audience_key":"high_intent_cart_7d_v1"}""";

    private static string Unpublished() =>
        """{"event":"audience_add","event_id":"u","audience_key":"unknown_v1","occurred_at":"2026-11-20T10:00:00Z","person":{"customer_id":"c"}}""";

    // read, accepted, duplicates, quarantined, refused
    private static long[] Counts(CommandRun run)
    {
        run.Output.ShouldStartWith("{", customMessage: run.Error);
        var summary = JsonSerializer.Deserialize<JsonElement>(run.Output);
        return
        [
            .. new[] { "read", "accepted", "duplicates", "quarantined", "refused" }.Select(name => summary.GetProperty(name).GetInt64()),
        ];
    }

    private string Write(string name, bool zipped, IEnumerable<string> lines)
    {
        var path = _folder.Below(name);
        using Stream file = File.Create(path);
        using var writer = new StreamWriter(zipped ? new GZipStream(file, CompressionLevel.Fastest) : file);
        foreach (var line in lines)
        {
            writer.Write(line + "\n");
        }

        return path;
    }

    private Task<long> EventsAsync() => _host.ScalarAsync<long>("select count(*) from mt_events where type like 'audience_member_%'");

    private async Task RefusedAsync(string code, params string[] args)
    {
        var run = await RunAsync(args);
        run.Error.ShouldContain($"audiencesync: {code}: ");
        run.ExitCode.ShouldBe(2);
    }

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync(_environment, args);
}
