using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Postgres;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Audiences;

/// <summary>The effect of a promotion, computed before it is made, and that the promotion has exactly that effect.</summary>
public sealed class KeyDiffTests : IAsyncLifetime, IDisposable
{
    private const string First = "high_intent_cart_7d_v1";
    private const string Second = "high_intent_cart_7d_v2";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = new() { ["USER"] = "ann" };
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        _environment["AUDIENCESYNC_POSTGRES"] = _host.Database;
        // Published by the Host itself, which therefore has it at once.
        using (var published = await _host.Operator.PostAsync($"/v1/keys/{Second}/publish", JsonContent.Create(new { window_d = 14 })))
        {
            (await Answer.ReadAsync(published)).Status.ShouldBe(200);
        }

        foreach (
            var (name, keys) in new[]
            {
                ("both", new[] { First, Second }),
                ("old", [First]),
                ("new1", [Second]),
                ("new2", [Second]),
                ("suppressed", [Second]),
            }
        )
        {
            foreach (var key in keys)
            {
                await SendEventAsync("audience_add", key, name);
            }
        }

        var here = new JsonObject
        {
            ["event"] = "person_suppress",
            ["event_id"] = "s",
            ["customer_id"] = "new2",
            ["destination"] = "meta_main",
        };
        (await _host.PostAsync(here.ToJsonString())).Status.ShouldBe(200);
        var everywhere = new JsonObject
        {
            ["event"] = "person_suppress",
            ["event_id"] = "t",
            ["customer_id"] = "suppressed",
        };
        (await _host.PostAsync(everywhere.ToJsonString())).Status.ShouldBe(200);
        await _host.WaitUntilQuietAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_counts_who_enters_and_leaves_in_total_and_where_a_person_is_suppressed()
    {
        var file = _folder.Below("diff.csv");
        (await RunAsync("diff", First, Second, "--file", file)).ShouldBe(
            new CommandRun(
                0,
                $"""
                {First} to {Second}: 2 enter, 1 leave, 1 stay
                meta_main/{TestHost.Remote(0)} (fed by {First}, 2 delivered): 1 enter, 1 leave, 1 stay

                """,
                ""
            )
        );
        var lines = await File.ReadAllLinesAsync(file);
        lines[0].ShouldBe("person,change");
        lines.Skip(1).Select(line => line.Split(',')[1]).Order().ShouldBe(["enters", "enters", "leaves"]);
        (await _host.GetAsync($"/v1/keys/{First}/diff/{Second}")).GetProperty("members").GetProperty("enters").GetInt64().ShouldBe(2);

        (await RunAsync("promote", Second)).ExitCode.ShouldBe(0);
        await _host.WaitUntilQuietAsync();
        (await _host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).Count.ShouldBe(2, "the one who stays and the one who enters");
        (await RunAsync("diff", Second, Second)).Output.ShouldContain("0 enter, 0 leave");
    }

    [Theory]
    [InlineData(First, "high_intent_cart_7d_v9", "unknown_audience_key")]
    [InlineData(First, "winback_45d_v1", "audience_name_invalid")]
    [InlineData("nothing", Second, "audience_name_invalid")]
    public async Task Keys_that_cannot_be_compared_are_refused(string from, string to, string code)
    {
        (await RunAsync("diff", from, to)).Error.ShouldStartWith($"audiencesync: {code}: ");
        using var response = await _host.Operator.GetAsync($"/v1/keys/{from}/diff/{to}");
        (await Answer.ReadAsync(response)).Code.ShouldBe(code);
    }

    private async Task SendEventAsync(string name, string key, string customer)
    {
        var sample = Sample.Of(new JsonObject { ["customer_id"] = customer, ["email"] = customer + "@example.com" });
        (sample["event"], sample["audience_key"]) = (name, key);
        (await _host.PostAsync(sample)).Status.ShouldBe(200);
    }

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync(_environment, ["audiences", .. args]);
}
