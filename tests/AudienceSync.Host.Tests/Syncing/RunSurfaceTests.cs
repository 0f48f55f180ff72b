using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Holding;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>Runs and calls over HTTP and as verbs, of a Host that sent an add and a removal.</summary>
public sealed class RunSurfaceTests : IAsyncLifetime, IDisposable
{
    private const string Email = "ann.of.runs@example.com";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(new TestHostOptions { RealPort = true, Clock = new OffsetClock(Sample.Now) });
        await File.WriteAllTextAsync(_folder.Below("operator.token"), TestHostFiles.OperatorToken);
        await File.WriteAllTextAsync(_folder.Below("audiencesync.yaml"), "operator_token: { file: operator.token }\n");
        _environment["AUDIENCESYNC_CONFIG"] = _folder.Below("audiencesync.yaml");
        _environment["AUDIENCESYNC_URLS"] = _host.Http.BaseAddress!.ToString();
        var person = new JsonObject { ["customer_id"] = "customer of runs", ["email"] = Email };
        (await _host.PostAsync(Sample.Of(person).ToJsonString())).Status.ShouldBe(200);
        await _host.WaitUntilQuietAsync();
        var removal = Sample.Of(person.DeepClone().AsObject());
        removal["event"] = "audience_remove";
        removal["occurred_at"] = "2026-11-21T09:25:00Z";
        (await _host.PostAsync(removal.ToJsonString())).Status.ShouldBe(200);
        await _host.WaitUntilQuietAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Runs_are_listed_latest_first_and_by_pages()
    {
        var runs = (await _host.GetAsync("/v1/runs")).GetProperty("runs").EnumerateArray().ToList();
        runs.Select(run => (run.Text("lane"), run.Text("cause"), run.Text("state"), run.Text("destination")))
            .ShouldBe([("removals", "changes", "completed", "meta_main"), ("adds", "changes", "completed", "meta_main")]);
        runs[0].GetProperty("remove").ToString().ShouldBe("""{"planned":1,"attempted":1,"accepted":1,"rejected":0}""");
        runs[1].GetProperty("add").GetProperty("accepted").GetInt64().ShouldBe(1);

        var first = await _host.GetAsync("/v1/runs?limit=1");
        first.GetProperty("runs").EnumerateArray().Single().ToString().ShouldBe(runs[0].ToString());
        var second = await _host.GetAsync($"/v1/runs?limit=1&before={first.GetProperty("next")}&destination=meta_main");
        second.GetProperty("runs").EnumerateArray().Single().ToString().ShouldBe(runs[1].ToString());
        (await _host.GetAsync("/v1/runs?destination=nowhere")).GetProperty("runs").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_run_is_shown_with_its_calls_their_results_and_what_was_exchanged()
    {
        var run = (await _host.GetAsync("/v1/runs")).GetProperty("runs")[1].GetProperty("run").GetInt64();
        var plain = (await _host.GetAsync($"/v1/runs/{run}")).GetProperty("calls").EnumerateArray().Single();
        plain.GetProperty("exchange").ValueKind.ShouldBe(JsonValueKind.Null);

        var call = (await _host.GetAsync($"/v1/runs/{run}?body=true")).GetProperty("calls").EnumerateArray().Single();
        (call.Text("kind"), call.Text("outcome"), call.GetProperty("members").GetInt32()).ShouldBe(("add", "done", 1));
        call.GetProperty("results").ToString().ShouldBe("""[{"result":"acknowledged","people":1,"job":null}]""");
        var exchange = call.GetProperty("exchange");
        (exchange.Text("method"), exchange.GetProperty("status").GetInt32()).ShouldBe(("POST", 200));
        exchange.Text("path").ShouldEndWith($"/{TestHost.Remote(0)}/users");
        var members = exchange.GetProperty("body").GetProperty("payload").GetProperty("data");
        members.GetProperty("members").GetInt32().ShouldBe(1);
        members.GetProperty("kinds").GetProperty("EMAIL").GetInt32().ShouldBe(1);
        members.GetProperty("first")[0].GetString()!.Length.ShouldBe(6);
        exchange.GetProperty("response").GetProperty("num_received").GetInt32().ShouldBe(1);

        using var missing = await _host.Operator.GetAsync("/v1/runs/4711");
        var answer = await Answer.ReadAsync(missing);
        (answer.Status, answer.Code).ShouldBe((404, "unknown_run"));
    }

    [Fact]
    public async Task The_request_and_the_response_are_stored_encrypted()
    {
        (await _host.ScalarAsync<long>("select count(*) from call_exchanges")).ShouldBe(2);
        (
            await _host.ScalarAsync<long>(
                "select count(*) from call_exchanges where encode(cipher, 'escape') ~ '(users|members|payload|EMAIL)'"
            )
        ).ShouldBe(0);
        (
            await _host.ScalarAsync<bool>(
                "select (select people from deliveries order by delivery_id limit 1) = (select people from "
                    + "deliveries order by delivery_id desc limit 1)"
            )
        ).ShouldBeTrue("the person who was added and then removed");
    }

    [Fact]
    public async Task The_latency_of_removals_is_in_the_status_and_in_a_verb()
    {
        var latencies = (await _host.GetAsync("/v1/status")).GetProperty("removal_latency").EnumerateArray().ToList();
        latencies
            .Select(latency =>
                (latency.Text("destination"), latency.GetProperty("window_h").GetInt32(), latency.GetProperty("removals").GetInt64())
            )
            .ShouldBe([("meta_main", 1, 1L), ("meta_main", 24, 1L)]);
        latencies.ShouldAllBe(latency => latency.GetProperty("p50_s").GetDouble() > 0 && latency.GetProperty("p99_s").GetDouble() < 60);

        var shown = await RunAsync("sync", "status");
        (shown.ExitCode, shown.Error).ShouldBe((0, ""));
        shown.Output.ShouldContain("meta_main");
        shown.Output.ShouldContain(" s / ");
        JsonDocument
            .Parse((await RunAsync("sync", "status", "--json")).Output)
            .RootElement.GetProperty("removal_latency")
            .GetArrayLength()
            .ShouldBe(2);
    }

    [Fact]
    public async Task Verbs_list_and_show_runs()
    {
        var list = await RunAsync("runs", "list");
        (list.ExitCode, list.Error).ShouldBe((0, ""));
        list.Output.ShouldContain("completed");
        list.Output.ShouldContain("1/1/1/0");
        var json = JsonDocument.Parse((await RunAsync("runs", "list", "--limit", "1", "--json")).Output).RootElement;
        var run = json.GetProperty("runs")[0].GetProperty("run").ToString();
        json.GetProperty("next").ToString().ShouldBe(run);
        (await RunAsync("runs", "list", "--limit", "1")).Output.ShouldContain($"More: --before {run}");

        var show = await RunAsync("runs", "show", run, "--body");
        show.Output.ShouldContain("1 acknowledged");
        show.Output.ShouldContain("DELETE /");
        show.Output.ShouldNotContain(Email);
        JsonDocument
            .Parse((await RunAsync("runs", "show", run, "--json")).Output)
            .RootElement.GetProperty("calls")
            .GetArrayLength()
            .ShouldBe(1);
        var unknown = await RunAsync("runs", "show", "4711");
        (unknown.ExitCode, unknown.Output).ShouldBe((1, ""));
        unknown.Error.ShouldStartWith("audiencesync: unknown_run: ");
    }

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync(_environment, args);
}
