using System.Text.Json;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Privacy.Erasure;

/// <summary>What is held about a person, as that person may request it, and the CLI commands, which return the same.</summary>
public sealed class PersonExportTests : IAsyncLifetime, IDisposable
{
    private const string Email = "asks.what@example.com";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(new TestHostOptions { RealPort = true, Clock = new OffsetClock(Sample.Now) });
        await File.WriteAllTextAsync(_folder.Below("operator.token"), TestHostFiles.OperatorToken);
        await File.WriteAllTextAsync(_folder.Below("audiencesync.yaml"), "operator_token: { file: operator.token }\n");
        await File.WriteAllTextAsync(_folder.Below("who.json"), $$"""{"email":"{{Email}}"}""");
        _environment["AUDIENCESYNC_CONFIG"] = _folder.Below("audiencesync.yaml");
        _environment["AUDIENCESYNC_URLS"] = _host.Http.BaseAddress!.ToString();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_held_is_exported_decrypted_with_every_recipient_and_time()
    {
        await _host.SendEventAsync(null, Email);
        await _host.SendEventAsync("asks", Email, "(202) 555-0199");
        await _host.SendEventAsync("asks", key: ErasureActions.SecondKey);
        await _host.SendEventAsync("asks", Email, key: "nobody_published_v1");
        await _host.SendEventAsync("another", "another@example.com");
        await _host.WaitUntilQuietAsync();

        var answer = await _host.AskAsync("/v1/people/export", new { email = Email });
        answer.Status.ShouldBe(200, answer.Text);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var held = answer.Json;
        List(held, "identifiers")
            .SelectMany(anchor => List(anchor, "claims"))
            .Select(claim => claim.GetProperty("text").GetString())
            .Distinct()
            .ShouldBe([Email, "(202) 555-0199"], ignoreOrder: true);
        List(held, "identifiers")
            .Select(anchor => anchor.TryGetProperty("customer_id", out var id) ? id.GetString() : null)
            .ShouldBe(["asks", null]);
        List(held, "revisions").ShouldContain(revision => revision.GetProperty("reached_by").ToString().Contains(Email));
        List(held, "memberships")
            .Select(row => row.GetProperty("audience_key").GetString())
            .ShouldBe([ErasureActions.FirstKey, ErasureActions.SecondKey]);
        List(held, "events").Select(row => row.GetProperty("type").GetString()).ShouldContain("person_linked");
        List(held, "events")
            .Where(row => row.GetProperty("type").GetString() == "audience_member_added")
            .Select(row => row.GetProperty("data").GetProperty("source").GetString())
            .ShouldBe(["signed", "signed", "signed"]);
        var delivered = List(held, "deliveries").Where(row => row.GetProperty("outcome").GetString() == "delivered").ToList();
        delivered
            .Select(row => row.GetProperty("remote").GetString())
            .ShouldBe([TestHost.Remote(0), TestHost.Remote(1)], ignoreOrder: true);
        delivered.ShouldAllBe(row =>
            row.GetProperty("called_at").ValueKind == JsonValueKind.String && row.GetProperty("platform").GetString() == "meta"
        );
        List(held, "quarantined").Single().GetProperty("reason").GetString().ShouldBe("unknown_audience_key");
        answer.Text.ShouldNotContain("another@example.com");
        _host.LogLines.ShouldNotContain(line => line.Contains(Email));
    }

    [Fact]
    public async Task Nothing_is_exported_for_an_unknown_person_or_for_several()
    {
        await _host.SendEventAsync("one", "one@example.com");
        await _host.SendEventAsync("two", "two@example.com");
        (await _host.AskAsync("/v1/people/export", new { email = Email })).Code.ShouldBe("unknown_person");
        (await _host.AskAsync("/v1/people/export", new { customer_id = "one", email = "two@example.com" })).Code.ShouldBe("several_people");
        (await _host.AskAsync("/v1/people/export", new { })).Code.ShouldBe("invalid_identifiers");
    }

    [Fact]
    public async Task The_cli_commands_return_the_same_and_take_identifiers_from_a_file()
    {
        await _host.SendEventAsync("asks", Email);
        await _host.WaitUntilQuietAsync();
        var shown = await RunAsync("people", "show", "--export", "--identifiers", _folder.Below("who.json"));
        shown.ExitCode.ShouldBe(0, shown.Error);
        Parse(shown).GetProperty("identifiers")[0].GetProperty("customer_id").GetString().ShouldBe("asks");

        var erased = await RunAsync("people", "erase", "--identifiers", _folder.Below("who.json"));
        erased.ExitCode.ShouldBe(0, erased.Error);
        var id = Parse(erased).Id();
        await _host.ErasedAsync(id);
        Parse(await RunAsync("people", "erasures", "--id", id.ToString())).State().ShouldBe("erased");
        Parse(await RunAsync("people", "erasures")).GetProperty("erasures").GetArrayLength().ShouldBe(1);
        Parse(await RunAsync("people", "erase", "--identifiers", _folder.Below("who.json"))).Id().ShouldBe(id);
        var gone = await RunAsync("people", "show", "--export", "--identifiers", _folder.Below("who.json"));
        (gone.ExitCode, gone.Output).ShouldBe((1, ""));
        gone.Error.ShouldStartWith("audiencesync: unknown_person: ");
    }

    [Fact]
    public async Task A_cli_command_without_a_host_or_without_identifiers_reports_it()
    {
        (await RunAsync("people", "erase", "--identifiers", _folder.Below("nobody.json"))).Error.ShouldStartWith(
            "audiencesync: identifiers_missing: "
        );
        _environment["AUDIENCESYNC_URLS"] = "http://127.0.0.1:9";
        var unreachable = await RunAsync("people", "erase", "--identifiers", _folder.Below("who.json"));
        (unreachable.ExitCode, unreachable.Output).ShouldBe((2, ""));
        unreachable.Error.ShouldStartWith("audiencesync: host_unreachable: ");
        unreachable.Error.ShouldNotContain(Email);
    }

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync(_environment, args);

    private static JsonElement Parse(CommandRun run) => JsonSerializer.Deserialize<JsonElement>(run.Output);

    private static IReadOnlyList<JsonElement> List(JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray()];
}
