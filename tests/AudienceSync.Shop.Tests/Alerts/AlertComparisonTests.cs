using AudienceSync.Shop.Alerts;
using AudienceSync.Shop.Watching;

namespace AudienceSync.Shop.Tests.Alerts;

public sealed class AlertComparisonTests
{
    private const string Account = "tiktok_main";

    private static readonly AlertedPeople Alerted = new(
        [$"[CRITICAL] Access token refused: {Account}"],
        [new PagerIncident($"audiencesync:default:token_refused:{Account}", 1, Resolved: false)]
    );

    [Fact]
    public void One_notice_in_both_channels_is_what_a_refused_token_leads_to()
    {
        var finding = new AlertComparison(Account).Evaluate(Engine("recovering"), Alerted);

        finding.IsGood.ShouldBeTrue(string.Join('\n', finding.Examples));
        (finding.Notices, finding.Sent).ShouldBe((1, 2));
        new AlertComparison(Account)
            .Evaluate(Engine("recovering"), Alerted with { Slack = [Alerted.Slack[0], Alerted.Slack[0]] })
            .IsGood.ShouldBeTrue("once more, because an answer was lost");
    }

    [Fact]
    public void A_notice_that_was_not_made_or_did_not_arrive_is_missing()
    {
        var comparison = new AlertComparison(Account);
        comparison.Evaluate(Engine("recovering", pager: "open"), Alerted).Missing.ShouldBe(1);
        comparison.Evaluate(Engine("recovering") with { Notices = [] }, Alerted).Missing.ShouldBe(1);
        comparison.Evaluate(Engine("recovering"), Alerted with { Slack = [] }).Missing.ShouldBe(1);
        comparison.Evaluate(Engine("recovering"), Alerted with { Incidents = [] }).Missing.ShouldBe(1);
        comparison
            .Evaluate(Engine("recovering"), Alerted with { Incidents = [Alerted.Incidents[0], Alerted.Incidents[0]] })
            .Missing.ShouldBe(1, "two incidents for one cause");
        new AlertComparison(refused: null).Evaluate(new EngineAlerts([], []), new AlertedPeople([], [])).IsGood.ShouldBeTrue();
    }

    [Fact]
    public void What_still_fires_and_is_not_of_the_play_is_unexpected()
    {
        var comparison = new AlertComparison(Account);
        comparison.Evaluate(Engine("firing"), Alerted).Unexpected.ShouldBe(1);
        var flawed = Engine("recovering");
        flawed = flawed with { Alerts = [.. flawed.Alerts, new EngineAlert("webhook_failures", "journeys", "firing")] };
        comparison.Evaluate(flawed, Alerted).Unexpected.ShouldBe(0);
        var late = flawed with { Alerts = [new EngineAlert("removals_late", Account, "firing")] };
        comparison.Evaluate(late, Alerted).Unexpected.ShouldBe(1);
    }

    private static EngineAlerts Engine(string state, string pager = "sent") =>
        new(
            [new EngineAlert("token_refused", Account, state)],
            [new EngineNotice("opened", "token_refused", Account, [new EngineSend("slack", "sent"), new EngineSend("pager", pager)])]
        );
}
