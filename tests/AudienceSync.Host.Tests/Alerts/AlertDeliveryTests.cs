using System.Net.Http.Json;
using System.Text.Json;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Alerts;

/// <summary>The owner on call is alerted once when something breaks, and once when it is well again.</summary>
public sealed class AlertDeliveryTests
{
    [Fact]
    public async Task A_removal_held_back_raises_one_notice_in_each_channel_and_one_recovery()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.AddAsync("ann");
        await stage.Host.WaitUntilQuietAsync();
        await stage.Host.Sandbox.FaultAsync(new { operation = "remove", kind = "server_error" });
        await stage.RemoveAsync("ann");

        var opened = (await stage.SentAsync("removals_late", 1)).Single();
        Answers(opened).ShouldBe([("mail", "sent", "done"), ("pager", "sent", "done"), ("slack", "sent", "done")]);
        (await stage.SlackAsync()).ShouldBe(["[WARNING] Removals late: meta_main"]);
        var incident = (await stage.IncidentsAsync()).Single();
        incident.GetProperty("dedup_key").GetString().ShouldBe("audiencesync:default:removals_late:meta_main");
        incident.GetProperty("resolved").GetBoolean().ShouldBeFalse();
        stage.Mail.Mails.Single().Subject.ShouldBe("[WARNING] Removals late: meta_main");
        stage.Mail.Mails.Single().ToString().ShouldNotContain("ann@");

        // It stays one incident however often the Host looks, and everything that the platform still refuses is retried meanwhile.
        stage.Clock.Advance(TimeSpan.FromMinutes(3));
        await stage.UntilAsync(view => State(view) == "firing", "the alert");
        using var cleared = await stage.Host.Sandbox.Admin.DeleteAsync("/admin/faults");
        using var resumed = await stage.Host.Operator.PostAsync("/v1/destinations/meta_main/resume", content: null);
        await stage.Host.WaitUntilQuietAsync();
        (await stage.SentAsync("removals_late", 2))[1].GetProperty("kind").GetString().ShouldBe("recovered");

        var slack = await stage.SlackAsync();
        slack.Count.ShouldBe(2);
        slack[1].ShouldStartWith("[RESOLVED after ");
        (await stage.IncidentsAsync()).Single().GetProperty("resolved").GetBoolean().ShouldBeTrue();
        stage.Mail.Mails.Count.ShouldBe(2);
        stage.Mail.Mails[1].InReplyTo.ShouldBe(stage.Mail.Mails[0].MessageId);
        (await stage.AlertsAsync()).GetProperty("alerts").GetArrayLength().ShouldBe(0);
        stage.Host.LogLines.Where(line => line.Contains(AlertStage.SlackSecret) || line.Contains(AlertStage.RoutingKey)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dead_token_is_one_notice_and_not_one_for_each_audience()
    {
        await using var stage = await AlertStage.StartAsync();
        for (var audience = 0; audience < 3; audience++)
        {
            await stage.AddAsync("ann", audience);
        }

        await stage.Host.WaitUntilQuietAsync();
        await stage.Host.Sandbox.FaultAsync(new { operation = "remove", kind = "token_expired" });
        for (var audience = 0; audience < 3; audience++)
        {
            await stage.RemoveAsync("ann", audience);
        }

        await stage.SentAsync("token_refused", 1);

        // For as long as it takes until each of the three is late.
        var late = await stage.UntilAsync(
            view => view.GetProperty("alerts").EnumerateArray().Count(alert => Rule(alert) == "removals_late") == 3,
            "three audiences that are late",
            TimeSpan.FromSeconds(5)
        );
        late.GetProperty("notices").EnumerateArray().Select(Rule).ShouldBe(["token_refused"]);
        stage.Clock.Advance(TimeSpan.FromMinutes(20));
        await stage.UntilAsync(
            view => view.GetProperty("alerts").EnumerateArray().Count(IsCritical) == 4,
            "what is critical by now",
            TimeSpan.FromSeconds(5)
        );
        (await stage.SlackAsync()).ShouldBe(["[CRITICAL] Access token refused: meta_main"]);
        (await stage.IncidentsAsync()).Count.ShouldBe(1);
        stage.Mail.Mails.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_channel_that_does_not_work_is_an_alert_on_the_others_until_it_works_again()
    {
        await using var stage = await AlertStage.StartAsync();
        await stage.Host.Sandbox.FaultAsync(
            new
            {
                platform = "slack",
                operation = "alert",
                kind = "ban",
                count = 1,
            }
        );
        var refused = await TestAsync(stage, "slack");
        Answers(refused).ShouldBe([("slack", "dead", "slack_channel_is_archived")]);

        var notice = (await stage.SentAsync("dead_channel", 1)).Single();
        Answers(notice).ShouldBe([("mail", "sent", "done"), ("pager", "sent", "done")]);
        notice.GetProperty("headline").GetString().ShouldBe("[CRITICAL] Alert channel does not work: slack");
        Answers(await TestAsync(stage, "slack")).ShouldBe([("slack", "sent", "done")]);
        (await stage.SentAsync("dead_channel", 2))[1].GetProperty("kind").GetString().ShouldBe("recovered");
        (await stage.SlackAsync()).ShouldBe(["[TEST] Test of a channel: slack"]);
    }

    internal static async Task<JsonElement> TestAsync(AlertStage stage, string channel)
    {
        using var response = await stage.Host.Operator.PostAsJsonAsync("/v1/alerts/test", new { channel });
        var answer = await Answer.ReadAsync(response);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json;
    }

    internal static List<(string Channel, string State, string? Code)> Answers(JsonElement notice) =>
        [
            .. notice
                .GetProperty("sends")
                .EnumerateArray()
                .Select(send =>
                    (send.GetProperty("channel").GetString()!, send.GetProperty("state").GetString()!, send.GetProperty("code").GetString())
                ),
        ];

    private static string? Rule(JsonElement of) => of.GetProperty("rule").GetString();

    private static bool IsCritical(JsonElement alert) => alert.GetProperty("severity").GetString() == "critical";

    private static string? State(JsonElement view) => view.GetProperty("alerts").EnumerateArray().Single().GetProperty("state").GetString();
}
