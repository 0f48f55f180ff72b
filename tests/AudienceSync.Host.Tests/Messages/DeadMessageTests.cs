using System.Net;
using System.Text.Json;
using AudienceSync.Host.Maintenance;
using AudienceSync.Host.Tests.Cli;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Messages;

/// <summary>A message that can never succeed, because its workspace is not in the configuration.</summary>
public sealed class DeadMessageTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(new TestHostOptions { RealPort = true });
        await _host.Messages.SendAsync(new RemoveEndedRecords("absent"));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task It_is_listed_replayed_and_discarded()
    {
        var message = await DeadAsync();
        message.GetProperty("message").GetString().ShouldBe(nameof(RemoveEndedRecords));
        message.GetProperty("error").GetString().ShouldBe("UnknownWorkspaceException");
        var id = message.GetProperty("id").GetGuid();

        (await PostAsync($"{id}/replay")).ShouldBe(HttpStatusCode.OK);
        await Deadline.UntilAsync(async () => !await IsDeadAsync(), () => "the replay, which takes it from the list");
        await DeadAsync();

        (await PostAsync($"{(await DeadAsync()).GetProperty("id").GetGuid()}/discard")).ShouldBe(HttpStatusCode.OK);
        (await IsDeadAsync()).ShouldBeFalse();
        foreach (var verb in new[] { "replay", "discard" })
        {
            (await PostAsync($"{id}/{verb}")).ShouldBe(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task The_verb_does_the_same()
    {
        var id = (await DeadAsync()).GetProperty("id").GetGuid();

        (await RunAsync("list")).Output.ShouldContain(id.ToString());
        (await RunAsync("discard", id.ToString())).ExitCode.ShouldBe(0);
        (await IsDeadAsync()).ShouldBeFalse();
        (await RunAsync("replay", id.ToString())).Error.ShouldContain("unknown_message");
    }

    // Waits until it is dead.
    private async Task<JsonElement> DeadAsync()
    {
        await Deadline.UntilAsync(IsDeadAsync, () => $"the dead message\n{string.Join('\n', _host.LogLines.TakeLast(50))}");
        return (await _host.GetAsync("/v1/messages/dead")).GetProperty("messages")[0];
    }

    private async Task<bool> IsDeadAsync() => (await _host.GetAsync("/v1/messages/dead")).GetProperty("messages").GetArrayLength() > 0;

    private async Task<HttpStatusCode> PostAsync(string path)
    {
        using var answer = await _host.Operator.PostAsync("/v1/messages/dead/" + path, content: null);
        return answer.StatusCode;
    }

    private Task<CommandRun> RunAsync(params string[] args) =>
        CommandRun.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["AUDIENCESYNC_CONFIG"] = _host.ConfigPath,
                ["AUDIENCESYNC_URLS"] = _host.Http.BaseAddress!.ToString(),
            },
            ["messages", "dead", .. args]
        );
}
