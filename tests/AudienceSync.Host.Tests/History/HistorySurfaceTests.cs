using System.Text.Json;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.History;

/// <summary>The same queries over HTTP and by verb, against a running Host.</summary>
public sealed class HistorySurfaceTests : IAsyncLifetime
{
    private const string Key = "fresh_v1";

    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(new TestHostOptions { Audiences = [new("fresh", null)] });
        await _host.SendEventAsync("add", Key, "ann", second: 1);
        await _host.SendEventAsync("add", Key, "ben", second: 2);
        await _host.SendEventAsync("remove", Key, "ann", second: 10);
        await _host.SendEventAsync("add", Key, "ann", second: 5, id: "late");
        await _host.WaitUntilQuietAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Lists_differences_histories_and_explanations_are_served_over_http()
    {
        (await _host.GetAsync($"/v1/audiences/{Key}/members?at=2026-01-01T00:00:03Z")).GetProperty("members").GetArrayLength().ShouldBe(2);
        (await _host.GetAsync($"/v1/audiences/{Key}/members?at=2026-01-01T00:00:11Z")).GetProperty("members").GetArrayLength().ShouldBe(1);
        (await _host.GetAsync($"/v1/audiences/{Key}/members?at=2026-01-01T00:00:11Z&mode=known"))
            .GetProperty("members")
            .GetArrayLength()
            .ShouldBe(0, "no event was recorded by then");
        var diff = await _host.GetAsync($"/v1/audiences/{Key}/members/diff?from=2026-01-01T00:00:03Z&to=2026-01-01T00:00:11Z");
        var left = diff.GetProperty("changes").EnumerateArray().ShouldHaveSingleItem();
        left.GetProperty("change").GetString().ShouldBe("left");
        var ann = left.GetProperty("member").GetProperty("person").GetGuid();

        var spans = (await _host.GetAsync($"/v1/people/{ann}/history")).GetProperty("spans").EnumerateArray().ToList();
        spans.Select(span => span.GetProperty("status").GetString()).ShouldBe(["present", "removed"]);
        spans[0].GetProperty("event").GetProperty("summary").GetString().ShouldBe("add");

        var why = await _host.GetAsync($"/v1/people/{ann}/why/{Key}");
        why.GetProperty("events")
            .EnumerateArray()
            .Where(one => one.GetProperty("event").GetProperty("audience_key").ValueKind == JsonValueKind.String)
            .Select(one => one.GetProperty("effect").GetString())
            .ShouldBe(["superseded", "decides", "outweighed"]);
        var binding = why.GetProperty("bindings").EnumerateArray().ShouldHaveSingleItem();
        binding.GetProperty("feeds").GetBoolean().ShouldBeTrue();
        binding.GetProperty("looked").GetBoolean().ShouldBeTrue();

        var hours = (await _host.GetAsync($"/v1/audiences/{Key}/counters")).GetProperty("hours").EnumerateArray().ToList();
        hours.Sum(hour => hour.GetProperty("adds").GetInt64() - hour.GetProperty("removes").GetInt64()).ShouldBe(1);
        hours[^1].GetProperty("size").GetInt64().ShouldBe(1);
    }

    [Theory]
    [InlineData("/v1/audiences/fresh_v1/members?at=yesterday", 400, "invalid_moment")]
    [InlineData("/v1/audiences/fresh_v1/members?at=2026-01-01&mode=guessed", 400, "invalid_mode")]
    [InlineData("/v1/audiences/fresh_v1/members/diff?from=2026-01-01", 400, "invalid_moment")]
    [InlineData("/v1/audiences/fresh_v1/members/diff?from=2026-01-01&to=2026-01-02&limit=0", 400, "invalid_limit")]
    [InlineData("/v1/audiences/none_v1/members/diff?from=2026-01-01&to=2026-01-02", 404, "unknown_audience_key")]
    [InlineData("/v1/audiences/none_v1/counters", 404, "unknown_audience_key")]
    [InlineData("/v1/people/0198b2f0-0000-7000-8000-000000000001/history", 404, "unknown_person")]
    [InlineData("/v1/people/0198b2f0-0000-7000-8000-000000000001/why/fresh_v1", 404, "unknown_person")]
    public async Task A_query_that_cannot_be_answered_is_refused_with_its_code(string path, int status, string code)
    {
        using var response = await _host.Operator.GetAsync(path);
        var answer = await Answer.ReadAsync(response);
        answer.Status.ShouldBe(status, answer.Text);
        answer.Json.GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task The_verbs_print_text_csv_and_json()
    {
        var csv = await RunAsync("members", "list", Key, "--at", "2026-01-01T00:00:03Z", "--csv", "--all", "--limit", "1");
        csv.Output.TrimEnd().Split('\n').Length.ShouldBe(3, csv.Output + csv.Error);
        csv.Output.ShouldStartWith("person,status,since,until,added_at,removed_at,restrictions");
        var lines = await RunAsync("members", "diff", Key, "2026-01-01T00:00:03Z", "2026-01-01T00:00:11Z", "--json", "--all");
        using var change = JsonDocument.Parse(lines.Output);
        change.RootElement.GetProperty("change").GetString().ShouldBe("left");
        var ann = change.RootElement.GetProperty("member").GetProperty("person").GetString()!;

        (await RunAsync("members", "history", ann)).Output.ShouldContain("removed");
        var why = await RunAsync("members", "why", ann, Key);
        why.Output.ShouldContain("is removed since 2026-01-01T00:00:10Z");
        why.Output.ShouldContain("superseded by");
        using var explained = JsonDocument.Parse((await RunAsync("members", "why", ann, Key, "--json")).Output);
        explained.RootElement.GetProperty("membership").GetProperty("status").GetString().ShouldBe("removed");
        (await RunAsync("members", "list", Key)).Output.ShouldContain("present");
        (await RunAsync("audiences", "counters", Key)).Output.ShouldContain("expiries");
        (await RunAsync("members", "why", ann, "none_v1")).Error.ShouldStartWith("audiencesync: unknown_audience_key: ");
        (await RunAsync("members", "history", Guid.NewGuid().ToString())).Error.ShouldStartWith("audiencesync: unknown_person: ");
        (await RunAsync("members", "why", "ann@example.com", Key)).ExitCode.ShouldNotBe(0, "an identifier is not accepted as an argument");
    }

    private Task<CommandRun> RunAsync(params string[] args) =>
        CommandRun.RunAsync(new Dictionary<string, string> { ["AUDIENCESYNC_POSTGRES"] = _host.Database }, args);
}
