using System.Text.Json;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Holding;

/// <summary>The verbs, next to a running Host.</summary>
public sealed class HoldCommandTests : IAsyncLifetime
{
    private readonly Dictionary<string, string> _environment = new() { ["USER"] = "ann" };
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        _environment["AUDIENCESYNC_POSTGRES"] = _host.Database;
        _environment["AUDIENCESYNC_CONFIG"] = _host.ConfigPath;
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("sync")]
    [InlineData("destinations")]
    public async Task An_account_and_a_list_are_paused_shown_and_resumed(string noun)
    {
        (await RunAsync(noun, "pause", "meta_main", "--why", "new token", "--json")).ExitCode.ShouldBe(0);
        (await RunAsync(noun, "pause", "meta_main", "--remote", TestHost.Remote(1), "--by", "ben")).Output.ShouldContain(
            TestHost.Remote(1)
        );
        var held = JsonDocument.Parse((await RunAsync("sync", "plan", "--json")).Output).RootElement;
        held.GetProperty("pauses")
            .EnumerateArray()
            .Select(pause => (pause.Text("by"), pause.Text("why"), pause.Text("remote")))
            .ShouldBe([("ann", "new token", null), ("ben", null, TestHost.Remote(1))]);
        (await RunAsync("destinations", "list", "--held")).Output.ShouldContain(
            "meta_main: all paused by ann, 0 removals wait; " + TestHost.Remote(1) + " paused by ben"
        );
        (await _host.GetAsync("/v1/status"))
            .GetProperty("bindings")
            .EnumerateArray()
            .ShouldAllBe(binding => binding.Text("state") == "paused");

        (await RunAsync(noun, "resume", "meta_main")).ExitCode.ShouldBe(0);
        (await RunAsync(noun, "resume", "meta_main", "--remote", TestHost.Remote(1))).ExitCode.ShouldBe(0);
        (await _host.GetAsync("/v1/status"))
            .GetProperty("bindings")
            .EnumerateArray()
            .ShouldAllBe(binding => binding.Text("state") == "active");
    }

    [Fact]
    public async Task Unknown_targets_and_invalid_reasons_are_refused_with_their_code()
    {
        foreach (
            var (args, code) in new (string[], string)[]
            {
                (["sync", "pause", "nowhere"], "unknown_destination"),
                (["sync", "resume", "meta_main", "--remote", "1"], "unknown_destination"),
                (["sync", "approve", "4711"], "unknown_plan"),
                (["sync", "pause", "meta_main", "--by", new string('x', 101)], "invalid_reason"),
            }
        )
        {
            var run = await RunAsync(args);
            (run.ExitCode, run.Output).ShouldBe((1, ""), string.Join(' ', args));
            run.Error.ShouldStartWith($"audiencesync: {code}: ");
        }
    }

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync(_environment, args);
}
