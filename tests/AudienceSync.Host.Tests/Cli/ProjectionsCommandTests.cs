using System.Text.Json;
using AudienceSync.Host.Tests.Audiences;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Cli;

/// <summary>The verbs of <c>projections</c>, executed as in the process, next to a running Host.</summary>
public sealed class ProjectionsCommandTests : IAsyncLifetime
{
    private const string Key = "fresh_v1";
    private const string Other = "winback_v1";

    private readonly Dictionary<string, string> _environment = [];
    private TestHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await TestHost.StartAsync(new TestHostOptions { Audiences = [new("fresh", null), new("winback", null)] });
        _environment["AUDIENCESYNC_POSTGRES"] = _host.Database;
        await _host.SendEventAsync("add", Key, "ann");
        await _host.SendEventAsync("add", Key, "ben");
        await _host.SendEventAsync("add", Other, "ann");
        await _host.WaitUntilQuietAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_rebuild_repairs_wrong_rows_the_status_shows_it_and_an_undo_restores_them()
    {
        (await RunAsync("status")).Output.ShouldBe("Never rebuilt.\n");
        (await RunAsync("undo")).ShouldSatisfyAllConditions(
            run => run.ExitCode.ShouldBe(1),
            run => run.Error.ShouldContain("audiencesync: nothing_to_undo: ")
        );
        await _host.ScalarAsync<object>(
            $"with wrong as (update membership set state = 2 where key_id = ({KeyIdOf(Key)}) returning 1) select count(*) from wrong"
        );
        (await PresentAsync(Key)).ShouldBe(0);

        var rebuilt = await RunAsync("rebuild", "membership");
        rebuilt.ExitCode.ShouldBe(0, rebuilt.Error);
        rebuilt.Output.ShouldStartWith("Generation 1 is live after ");
        rebuilt.Output.ShouldContain("3 rows, 2 differed");
        rebuilt.Output.ShouldContain("\"status\":2");
        await _host.WaitUntilQuietAsync();
        (await PresentAsync(Key)).ShouldBe(2);
        (await _host.HeldAsync(0, ["ann", "ben"])).ShouldBe(["ann", "ben"]);
        (await RunAsync("status")).Output.ShouldSatisfyAllConditions(
            text => text.ShouldStartWith("Generation 1 (rebuild): live, "),
            text => text.ShouldContain("projections undo restores it")
        );

        await _host.SendEventAsync("add", Key, "eve");
        await _host.WaitUntilQuietAsync();
        using var undone = JsonDocument.Parse((await RunAsync("undo", "--json")).Output);
        undone.RootElement.GetProperty("kind").GetString().ShouldBe("undo");
        await _host.WaitUntilQuietAsync();
        (await PresentAsync(Key)).ShouldBe(1, "the rows that were wrong before, and the event since then");
    }

    [Fact]
    public async Task One_audience_is_rebuilt_alone_and_what_cannot_be_rebuilt_is_refused()
    {
        await _host.ScalarAsync<object>("with wrong as (update membership set state = 2 returning 1) select count(*) from wrong");
        using var result = JsonDocument.Parse((await RunAsync("rebuild", "membership", "--audience", Key, "--json")).Output);
        result.RootElement.GetProperty("rows").GetInt64().ShouldBe(2);
        result.RootElement.GetProperty("drift").GetProperty("status").GetInt64().ShouldBe(2);
        using var status = JsonDocument.Parse((await RunAsync("status", "--json")).Output);
        status.RootElement.GetProperty("last").GetProperty("phase").GetString().ShouldBe("live");
        status.RootElement.GetProperty("former").GetBoolean().ShouldBeTrue();
        await _host.WaitUntilQuietAsync();
        (await PresentAsync(Key), await PresentAsync(Other)).ShouldBe((2, 0));

        (await RunAsync("rebuild", "membership", "--audience", "none_v1")).Error.ShouldStartWith("audiencesync: unknown_audience");
        (await RunAsync("rebuild", "membership", "--audience", "no key")).Error.ShouldStartWith("audiencesync: audience_name_invalid: ");
        (await RunAsync("rebuild", "people")).ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public async Task Counters_keep_their_values_across_a_rebuild_and_continue_from_there()
    {
        var before = await HoursAsync();
        (await RunAsync("rebuild", "membership")).ExitCode.ShouldBe(0);
        (await HoursAsync()).ShouldBe(before);
        await _host.SendEventAsync("remove", Key, "ben", second: 5);
        await _host.WaitUntilQuietAsync();
        (await HoursAsync()).ShouldBe((2, 1, 1));
    }

    private static string KeyIdOf(string key) => $"select key_id from audience_keys where audience_key = '{key}'";

    private async Task<long> PresentAsync(string key) =>
        await _host.ScalarAsync<long>($"select count(*) from membership where state = 1 and key_id = ({KeyIdOf(key)})");

    private async Task<(long Adds, long Removes, long Size)> HoursAsync()
    {
        var hours = (await _host.GetAsync($"/v1/audiences/{Key}/counters")).GetProperty("hours").EnumerateArray().ToList();
        return (
            hours.Sum(hour => hour.GetProperty("adds").GetInt64()),
            hours.Sum(hour => hour.GetProperty("removes").GetInt64()),
            hours[^1].GetProperty("size").GetInt64()
        );
    }

    private Task<CommandRun> RunAsync(params string[] args) => CommandRun.RunAsync(_environment, ["projections", .. args]);
}
