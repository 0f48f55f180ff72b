using AudienceSync.Connectors.Alerts;

namespace AudienceSync.Connectors.Tests.Alerts;

/// <summary>Each documented answer of a channel, written from the contract and not from the tables.</summary>
public sealed class ChannelErrorsTests
{
    private const ChannelOutcome Accepted = ChannelOutcome.Accepted;
    private const ChannelOutcome Refused = ChannelOutcome.Refused;
    private const ChannelOutcome Dead = ChannelOutcome.Dead;
    private const ChannelOutcome Later = ChannelOutcome.Later;

    private const string MissingSource =
        """{"status":"invalid event","message":"Event object is invalid","errors":["'payload.source' is missing or blank"]}""";
    private const string KeyLength =
        """{"status":"invalid event","message":"x","errors":["Length of 'routing_key' is incorrect (should be 32 characters)"]}""";
    private const string KeyUnknown = """{"status":"invalid event","message":"x","errors":["Invalid routing key"]}""";
    private const string Success = """{"status":"success","message":"Event processed","dedup_key":"k"}""";

    /// <summary>contracts/alerts.md 3.2.</summary>
    public static TheoryData<int, string, ChannelOutcome, string> Slack =>
        new()
        {
            { 200, "ok", Accepted, "done" },
            { 200, "accepted", Later, "slack_200" },
            { 200, """{"ok":true}""", Later, "slack_200" },
            { 400, "invalid_payload", Refused, "slack_invalid_payload" },
            { 400, "user_not_found", Refused, "slack_user_not_found" },
            { 400, "invalid_blocks", Refused, "slack_invalid_blocks" },
            { 400, "invalid_blocks_format", Refused, "slack_invalid_blocks_format" },
            { 400, "missing_text_or_fallback_or_attachments", Refused, "slack_missing_text_or_fallback_or_attachments" },
            { 400, "something else", Refused, "slack_400" },
            { 400, "invalid_token", Dead, "slack_invalid_token" },
            { 403, "invalid_token", Dead, "slack_invalid_token" },
            { 403, "action_prohibited", Dead, "slack_action_prohibited" },
            { 403, "", Dead, "slack_403" },
            { 404, "channel_not_found", Dead, "slack_channel_not_found" },
            { 404, "no_service", Dead, "slack_no_service" },
            { 404, "no_team", Dead, "slack_no_team" },
            { 404, "", Dead, "slack_404" },
            { 410, "channel_is_archived", Dead, "slack_channel_is_archived" },
            { 410, "", Dead, "slack_410" },
            { 429, "", Later, "slack_429" },
            { 500, "rollup_error", Later, "slack_rollup_error" },
            { 500, "", Later, "slack_500" },
            { 302, "", Dead, "slack_302" },
            { 503, "", Later, "slack_503" },
        };

    /// <summary>contracts/alerts.md 3.3.</summary>
    public static TheoryData<int, string, ChannelOutcome, string> PagerDuty =>
        new()
        {
            { 202, Success, Accepted, "done" },
            { 400, MissingSource, Refused, "pagerduty_400" },
            { 400, "no JSON", Refused, "pagerduty_400" },
            { 400, KeyLength, Dead, "pagerduty_routing_key" },
            { 400, KeyUnknown, Dead, "pagerduty_routing_key" },
            { 403, "", Dead, "pagerduty_403" },
            { 429, "", Later, "pagerduty_429" },
            { 500, "", Later, "pagerduty_500" },
            { 502, "", Later, "pagerduty_502" },
            { 503, "", Later, "pagerduty_503" },
            { 504, "", Later, "pagerduty_504" },
        };

    public static TheoryData<int, ChannelOutcome> Webhook =>
        new()
        {
            { 200, Accepted },
            { 201, Accepted },
            { 202, Accepted },
            { 204, Accepted },
            { 299, Accepted },
            { 301, Dead },
            { 302, Dead },
            { 303, Dead },
            { 307, Dead },
            { 308, Dead },
            { 401, Dead },
            { 403, Dead },
            { 404, Dead },
            { 405, Dead },
            { 410, Dead },
            { 400, Refused },
            { 413, Refused },
            { 415, Refused },
            { 422, Refused },
            { 418, Refused },
            { 408, Later },
            { 409, Later },
            { 425, Later },
            { 429, Later },
            { 500, Later },
            { 502, Later },
            { 503, Later },
            { 504, Later },
            { 599, Later },
        };

    /// <summary>RFC 5321 4.2.3 and RFC 4954 6.</summary>
    public static TheoryData<int, ChannelOutcome> Email =>
        new()
        {
            { 421, Later },
            { 450, Later },
            { 451, Later },
            { 452, Later },
            { 454, Later },
            { 500, Dead },
            { 501, Dead },
            { 502, Dead },
            { 503, Dead },
            { 504, Dead },
            { 521, Dead },
            { 530, Dead },
            { 534, Dead },
            { 535, Dead },
            { 538, Dead },
            { 550, Dead },
            { 551, Dead },
            { 552, Refused },
            { 553, Dead },
            { 554, Dead },
            { 556, Dead },
        };

    [Theory]
    [MemberData(nameof(Slack))]
    public async Task Slack_answers(int status, string body, ChannelOutcome outcome, string code) =>
        await ShouldBeAsync(ChannelSample.Slack(ScriptedNetwork.Answering(status, body)), status, outcome, code);

    [Theory]
    [MemberData(nameof(PagerDuty))]
    public async Task PagerDuty_answers(int status, string body, ChannelOutcome outcome, string code) =>
        await ShouldBeAsync(ChannelSample.PagerDuty(ScriptedNetwork.Answering(status, body)), status, outcome, code);

    [Theory]
    [MemberData(nameof(Webhook))]
    public async Task A_receiver_answers(int status, ChannelOutcome outcome) =>
        await ShouldBeAsync(
            ChannelSample.Webhook(ScriptedNetwork.Answering(status, "")),
            status,
            outcome,
            outcome == Accepted ? "done" : $"webhook_{status}"
        );

    [Theory]
    [MemberData(nameof(Email))]
    public void A_mail_server_answers(int status, ChannelOutcome outcome) =>
        EmailErrors.Of(status).ShouldBe(new ChannelAnswer(outcome, $"smtp_{status}", status));

    [Fact]
    public void Every_row_of_a_table_is_a_case_above()
    {
        SlackErrors
            .Rules.Where(rule => rule.Text is not null)
            .Select(rule => (rule.Status, rule.Text))
            .Except(Slack.Select(row => ((int)row[0], (string?)row[1])))
            .ShouldBeEmpty();
        SlackErrors.Rules.Select(rule => rule.Status).Except(Slack.Select(row => (int)row[0])).ShouldBeEmpty();
        PagerDutyErrors.Rules.Select(rule => rule.Status).Except(PagerDuty.Select(row => (int)row[0])).ShouldBeEmpty();
        AlertWebhookErrors.Rules.Select(rule => rule.Status).Except(Webhook.Select(row => (int)row[0])).ShouldBeEmpty();
        EmailErrors.Rules.Select(rule => rule.Status).ShouldBe(Email.Select(row => (int)row[0]), ignoreOrder: true);
    }

    private static async Task ShouldBeAsync(IAlertChannel channel, int status, ChannelOutcome outcome, string code)
    {
        var answer = await channel.SendAsync(ChannelSample.Message(), CancellationToken.None);
        answer.ShouldBe(new ChannelAnswer(outcome, code, status));
    }
}
