using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Connectors.Alerts;
using AudienceSync.Connectors.Sections;
using AudienceSync.Domain.Alerts;

namespace AudienceSync.Connectors.Tests.Alerts;

/// <summary>What the channels that speak HTTP send, and how they are configured.</summary>
public sealed class ChannelTests
{
    [Fact]
    public async Task Slack_gets_a_headline_fields_subjects_and_advice_within_its_limits()
    {
        var network = ScriptedNetwork.Answering(200, "ok");
        await ChannelSample.Slack(network).SendAsync(ChannelSample.Message(members: 3), CancellationToken.None);

        var sent = network.Sent.Single();
        sent.Url.AbsoluteUri.ShouldBe(ChannelSample.SlackUrl);
        sent.ContentType.ShouldBe("application/json");
        var body = JsonDocument.Parse(sent.Body).RootElement;
        body.GetProperty("text").GetString().ShouldBe("[CRITICAL] Removals late: meta_main");
        var blocks = body.GetProperty("blocks");
        blocks[0].GetProperty("text").GetProperty("text").GetString().ShouldBe("[CRITICAL] Removals late: meta_main");
        blocks[1].GetProperty("fields").EnumerateArray().ShouldContain(field => field.GetProperty("text").GetString() == "*Owner*\ngrowth");
        var text = blocks[2].GetProperty("text").GetProperty("text").GetString()!;
        text.ShouldContain("meta_main/cart_2: oldest 43 min, limit &lt;1 &amp; 2&gt;");
        text.ShouldEndWith("See audiencesync sync status.");

        await ChannelSample.Slack(network).SendAsync(ChannelSample.Message(members: 5_000), CancellationToken.None);
        network.Sent[1].Body.Length.ShouldBeLessThan(ChannelLimits.SlackChars);
        network.Sent[1].Body.ShouldContain("and 4,980 more");
    }

    [Fact]
    public async Task PagerDuty_gets_one_key_for_an_incident_and_resolves_it()
    {
        var network = ScriptedNetwork.Answering(202, "{}");
        var channel = ChannelSample.PagerDuty(network);
        await channel.SendAsync(ChannelSample.Message(), CancellationToken.None);
        await channel.SendAsync(ChannelSample.Message(NoticeKind.Recovered), CancellationToken.None);

        network.Sent.ShouldAllBe(sent => sent.Url.AbsoluteUri == "https://events.pagerduty.com/v2/enqueue");
        var trigger = JsonDocument.Parse(network.Sent[0].Body).RootElement;
        trigger.GetProperty("routing_key").GetString().ShouldBe(ChannelSample.RoutingKey);
        trigger.GetProperty("event_action").GetString().ShouldBe("trigger");
        trigger.GetProperty("dedup_key").GetString().ShouldBe("audiencesync:default:removals_late:meta_main");
        var payload = trigger.GetProperty("payload");
        payload.GetProperty("summary").GetString().ShouldBe("[CRITICAL] Removals late: meta_main");
        payload.GetProperty("severity").GetString().ShouldBe("critical");
        payload.GetProperty("component").GetString().ShouldBe("meta_main");
        payload.GetProperty("class").GetString().ShouldBe("removals_late");
        var resolve = JsonDocument.Parse(network.Sent[1].Body).RootElement;
        resolve.GetProperty("event_action").GetString().ShouldBe("resolve");
        resolve.GetProperty("dedup_key").GetString().ShouldBe(trigger.GetProperty("dedup_key").GetString());
    }

    [Fact]
    public void A_body_that_is_too_large_for_PagerDuty_goes_without_its_details_and_a_long_key_is_a_digest()
    {
        PagerDutyChannel
            .Body(ChannelSample.Message(members: 20_000), new Secret(ChannelSample.RoutingKey))
            .Length.ShouldBeLessThan(ChannelLimits.PagerDutyBytes);
        IncidentKey.Of("default", "drift", new string('x', 300)).Length.ShouldBeLessThanOrEqualTo(IncidentKey.MaxChars);
        IncidentKey.Of("default", "drift", new string('x', 300)).ShouldNotBe(IncidentKey.Of("default", "drift", new string('x', 301)));
    }

    [Fact]
    public async Task A_receiver_can_verify_a_notice_by_the_scheme_of_Standard_Webhooks()
    {
        var network = ScriptedNetwork.Answering(204, "");
        await ChannelSample.Webhook(network).SendAsync(ChannelSample.Message(NoticeKind.Recovered), CancellationToken.None);

        var sent = network.Sent.Single();
        var signed = $"{sent.Headers["webhook-id"]}.{sent.Headers["webhook-timestamp"]}.{sent.Body}";
        var key = Convert.FromBase64String(ChannelSample.SigningKey["whsec_".Length..]);
        sent.Headers["webhook-signature"]
            .ShouldBe("v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed))));
        var body = JsonDocument.Parse(sent.Body).RootElement;
        body.GetProperty("event").GetString().ShouldBe("sync.alert.resolved");
        body.GetProperty("alert_type").GetString().ShouldBe("removals_late");
        body.GetProperty("message").GetString().ShouldBe("[RESOLVED after 43 min] Removals late: meta_main");
    }

    [Fact]
    public async Task A_wait_that_is_requested_is_passed_on()
    {
        var answer = await ChannelSample
            .Slack(ScriptedNetwork.Answering(429, "", ("Retry-After", "30")))
            .SendAsync(ChannelSample.Message(), CancellationToken.None);
        answer.RetryAfter.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Without_a_connection_nothing_arrived_and_without_an_answer_it_may_have()
    {
        var refused = new ScriptedNetwork(_ => throw new HttpRequestException(HttpRequestError.ConnectionError));
        var before = await ChannelSample.Slack(refused).SendAsync(ChannelSample.Message(), CancellationToken.None);
        before.ShouldBe(new ChannelAnswer(ChannelOutcome.Later, "network", 0));

        var broken = new ScriptedNetwork(_ => throw new HttpRequestException(HttpRequestError.ResponseEnded));
        var after = await ChannelSample.Slack(broken).SendAsync(ChannelSample.Message(), CancellationToken.None);
        after.ShouldBe(new ChannelAnswer(ChannelOutcome.Later, "network", 0) { MayHaveArrived = true });
    }

    [Fact]
    public async Task A_canceled_caller_is_no_answer()
    {
        using var canceled = new CancellationTokenSource();
        var network = new ScriptedNetwork(async token =>
        {
            await canceled.CancelAsync();
            token.ThrowIfCancellationRequested();
            return ScriptedNetwork.Response(200, "ok");
        });
        await Should.ThrowAsync<OperationCanceledException>(async () =>
            await ChannelSample.Slack(network).SendAsync(ChannelSample.Message(), canceled.Token)
        );
    }

    [Theory]
    [InlineData("slack", "url", "missing_url")]
    [InlineData("pagerduty", "routing_key", "missing_routing_key")]
    [InlineData("webhook", "url", "missing_url", "missing_signing_key")]
    [InlineData("email", "host", "missing_host", "invalid_from", "invalid_to")]
    public void What_a_channel_needs_must_be_set(string kind, string _, params string[] codes) =>
        ChannelSample.TryCreate(kind).Errors.Select(error => error.Code).ShouldBe(codes);

    [Fact]
    public void A_setting_that_cannot_work_is_refused_without_its_value()
    {
        Codes("slack", ("url", ChannelSample.Hidden("ftp://secretplace"))).ShouldBe(["invalid_url"]);
        Codes("slack", ("url", SettingValue.Of(ChannelSample.SlackUrl))).ShouldBe(["invalid_url"], "a secret is a reference");
        Codes("pagerduty", ("routing_key", ChannelSample.Hidden("tooshort"))).ShouldBe(["invalid_routing_key"]);
        Codes("slack", ("url", ChannelSample.Hidden(ChannelSample.SlackUrl)), ("routing_key", ChannelSample.Hidden("x")))
            .ShouldBe(["foreign_setting"]);
        Codes("slack", ("url", ChannelSample.Hidden(ChannelSample.SlackUrl)), ("base_url", SettingValue.Of("https://x.test")))
            .ShouldBe(["foreign_setting"]);
        var webhook = ChannelSample.TryCreate(
            "webhook",
            ("url", ChannelSample.Hidden("https://hooks.test")),
            ("signing_key", ChannelSample.Hidden("whsec_***"))
        );
        webhook.Errors.Select(error => error.Code).ShouldBe(["invalid_signing_key"]);
        webhook.Errors.ShouldAllBe(error => !error.Text.Contains("***"));
    }

    private static IEnumerable<string> Codes(string kind, params (string Name, SettingValue Value)[] settings)
    {
        var errors = ChannelSample.TryCreate(kind, settings).Errors;
        errors.ShouldAllBe(error => !error.Text.Contains("secret", StringComparison.Ordinal) || !error.Text.Contains("place"));
        return errors.Select(error => error.Code);
    }
}
