using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Host.Alerts;

namespace AudienceSync.Host.Tests.Alerts;

/// <summary>What becomes of a notice whose Host ends between the call and the record of its answer.</summary>
public sealed class AlertKillTests
{
    [Fact]
    public async Task People_have_it_twice_at_most_and_it_is_in_doubt_and_PagerDuty_has_one_incident()
    {
        HoldingNetwork network = null!;
        await using var stage = await AlertStage.StartAsync(network: inner => network = new HoldingNetwork(inner));

        // Ended after the call, before the record: nothing of the request's code runs any more.
        await EndAfterCallAsync(stage, network, "slack");
        (await stage.SlackAsync()).Count.ShouldBe(1);
        stage.Clock.Advance(AlertLoop.LostAfter);
        Send(await stage.UntilAsync(view => IsOver(view), "the second attempt")).ShouldBe(("sent", 2, true));
        (await stage.SlackAsync()).Count.ShouldBe(2);

        // And when the second attempt has no answer either, there is no third.
        await EndAfterCallAsync(stage, network, "slack");
        network.Holds = 1;
        stage.Clock.Advance(AlertLoop.LostAfter);
        Send(await stage.UntilAsync(view => IsOver(view), "the last attempt")).ShouldBe(("in_doubt", 2, true));
        (await stage.SlackAsync()).Count.ShouldBe(4);

        // By the end of the next one the loop has looked many times.
        network.Path = "/pagerduty/";
        await EndAfterCallAsync(stage, network, "pager");
        network.Holds = 0;
        stage.Clock.Advance(AlertLoop.LostAfter);
        Send(await stage.UntilAsync(view => IsOver(view), "PagerDuty's answer")).ShouldBe(("sent", 2, true));
        var incident = (await stage.IncidentsAsync()).Single();
        incident.GetProperty("triggers").GetInt32().ShouldBe(2, "otherwise nothing was repeated");
        (await stage.SlackAsync()).Count.ShouldBe(4);
    }

    private static async Task EndAfterCallAsync(AlertStage stage, HoldingNetwork network, string channel)
    {
        var before = network.Held;
        network.Holds = 1;
        using var end = new CancellationTokenSource();
        var call = stage.Host.Operator.PostAsJsonAsync("/v1/alerts/test", new { channel }, end.Token);
        await Deadline.UntilAsync(() => Task.FromResult(network.Held > before), () => "the call");
        await end.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(async () => await call);
    }

    private static JsonElement Latest(JsonElement view) => view.GetProperty("notices")[0].GetProperty("sends")[0];

    private static bool IsOver(JsonElement view) => Latest(view).GetProperty("state").GetString() != "open";

    private static (string? State, int Attempts, bool InDoubt) Send(JsonElement view) =>
        (
            Latest(view).GetProperty("state").GetString(),
            Latest(view).GetProperty("attempts").GetInt32(),
            Latest(view).GetProperty("in_doubt").GetBoolean()
        );
}
