using System.Text.Json;

namespace AudienceSync.Sandbox.Tests.Alerting;

/// <summary>Slack's incoming webhooks and PagerDuty's events, as contracts/alerts.md describes them.</summary>
public sealed class Alerting_services
{
    private const string Slack = "/slack/services/T1/B1/secret";
    private const string Key = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Slack_takes_a_message_and_names_what_is_wrong_with_another()
    {
        await using var sandbox = await StartAsync();
        await ShouldBeAsync(sandbox, """{"text":"hello"}""", 200, "ok");
        await ShouldBeAsync(sandbox, """{"blocks":[]}""", 400, "missing_text_or_fallback_or_attachments");
        await ShouldBeAsync(sandbox, "[]", 400, "invalid_payload");
        var header = JsonSerializer.Serialize(
            new { text = "x", blocks = new[] { new { type = "header", text = new { type = "plain_text", text = new string('x', 151) } } } }
        );
        await ShouldBeAsync(sandbox, header, 400, "invalid_blocks");
        (await sandbox.SendAsync(HttpMethod.Post, "/slack/services/T1/B1/other", """{"text":"x"}""", token: null)).Text.ShouldBe(
            "no_service"
        );
        (await sandbox.GetAsync("/admin/slack/ops")).Json.GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Slack_takes_a_message_a_second_with_bursts()
    {
        await using var sandbox = await StartAsync();
        for (var message = 0; message < 5; message++)
        {
            await ShouldBeAsync(sandbox, """{"text":"x"}""", 200, "ok");
        }

        var refused = await sandbox.SendAsync(HttpMethod.Post, Slack, """{"text":"x"}""", token: null);
        refused.Status.ShouldBe(429);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task PagerDuty_has_one_open_incident_for_a_key_and_another_after_it_was_resolved()
    {
        await using var sandbox = await StartAsync();
        await EnqueueAsync(sandbox, Event("trigger"), 202);
        await EnqueueAsync(sandbox, Event("trigger"), 202);
        await EnqueueAsync(sandbox, Event("resolve"), 202);
        await EnqueueAsync(sandbox, Event("resolve"), 202);
        await EnqueueAsync(sandbox, Event("trigger"), 202);

        var view = (await sandbox.GetAsync("/admin/pagerduty/ops")).Json;
        view.GetProperty("incidents")
            .EnumerateArray()
            .Select(incident => (incident.GetProperty("triggers").GetInt32(), incident.GetProperty("resolved").GetBoolean()))
            .ShouldBe([(2, true), (1, false)]);
        view.GetProperty("dropped").GetInt32().ShouldBe(1);
    }

    [Theory]
    [InlineData("routing_key", "short", "Length of 'routing_key' is incorrect (should be 32 characters)")]
    [InlineData("routing_key", "ffffffffffffffffffffffffffffffff", "Invalid routing key")]
    [InlineData("event_action", "shout", "'event_action' is missing or blank")]
    [InlineData("dedup_key", "", "'dedup_key' is missing or blank")]
    public async Task PagerDuty_names_what_is_wrong_with_an_event(string field, string value, string error)
    {
        await using var sandbox = await StartAsync();
        var wrong = Event("trigger");
        wrong[field] = value;
        var answer = await EnqueueAsync(sandbox, wrong, 400);
        answer.Json.GetProperty("status").GetString().ShouldBe("invalid event");
        answer.Json.GetProperty("errors")[0].GetString().ShouldBe(error);
    }

    [Theory]
    [InlineData("server_error", 500, 500)]
    [InlineData("throttle", 429, 429)]
    [InlineData("bad_request", 400, 400)]
    [InlineData("ban", 410, 400)]
    [InlineData("token_expired", 404, 400)]
    [InlineData("error_in_200", 200, 400)]
    public async Task A_scripted_fault_has_each_services_answer_and_no_effect(string kind, int slack, int pagerDuty)
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(new { operation = "alert", kind });
        (await sandbox.SendAsync(HttpMethod.Post, Slack, """{"text":"x"}""", token: null)).Status.ShouldBe(slack);
        await EnqueueAsync(sandbox, Event("trigger"), pagerDuty);
        (await sandbox.GetAsync("/admin/slack/ops")).Json.GetArrayLength().ShouldBe(0);
        (await sandbox.GetAsync("/admin/pagerduty/ops")).Json.GetProperty("incidents").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task An_answer_that_is_lost_leaves_its_effect()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(
            new
            {
                operation = "alert",
                kind = "drop_after",
                count = 1,
            }
        );
        await Should.ThrowAsync<Exception>(async () => await sandbox.SendAsync(HttpMethod.Post, Slack, """{"text":"x"}""", token: null));
        (await sandbox.GetAsync("/admin/slack/ops")).Json.GetArrayLength().ShouldBe(1);
    }

    private static Dictionary<string, object> Event(string action) =>
        new(StringComparer.Ordinal)
        {
            ["routing_key"] = Key,
            ["event_action"] = action,
            ["dedup_key"] = "incident",
            ["payload"] = new
            {
                summary = "late",
                source = "host",
                severity = "critical",
            },
        };

    private static async Task<RunningSandbox> StartAsync()
    {
        var sandbox = await RunningSandbox.StartAsync();
        var accounts =
            $$"""[{"platform":"slack","account":"ops","token":"secret"},{"platform":"pagerduty","account":"ops","token":"{{Key}}"}]""";
        (await sandbox.SendAsync(HttpMethod.Post, "/admin/accounts", accounts)).Status.ShouldBe(200);
        return sandbox;
    }

    private static async Task ShouldBeAsync(RunningSandbox sandbox, string body, int status, string text)
    {
        var answer = await sandbox.SendAsync(HttpMethod.Post, Slack, body, token: null);
        (answer.Status, answer.Text).ShouldBe((status, text));
    }

    private static async Task<Response> EnqueueAsync(RunningSandbox sandbox, Dictionary<string, object> body, int status)
    {
        var answer = await sandbox.SendAsync(HttpMethod.Post, "/pagerduty/v2/enqueue", JsonSerializer.Serialize(body), token: null);
        answer.Status.ShouldBe(status, answer.Text);
        return answer;
    }
}
