using System.Text.Json;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Feedback;

/// <summary>What happened to people reaches their sender once in effect, whatever the service does.</summary>
public sealed class FeedbackTests
{
    private const int People = 24;

    [Fact]
    public async Task What_happened_is_at_the_service_once_in_effect_although_it_fails_answers_in_part_and_loses_answers()
    {
        await using var stage = await FeedbackStage.StartAsync(", call_timeout_s: 1, attributes: false");
        await stage.FaultAsync("server_error", count: 5);
        await stage.FaultAsync("partial", count: 2);
        await stage.FaultAsync("drop_after", count: 2);
        await stage.FaultAsync("delay", count: 1, delay_ms: 1_500);
        for (var i = 0; i < People; i++)
        {
            await stage.AddAsync($"person-{i}");
        }

        await stage.Host.WaitUntilQuietAsync();
        for (var i = 0; i < People / 4; i++)
        {
            await stage.RemoveAsync($"person-{i}");
        }

        await stage.QuietAsync(waits: true);

        for (var i = 0; i < People; i++)
        {
            string[] expected = i < People / 4 ? ["audience_synced", "audience_removed"] : ["audience_synced"];
            (await stage.EventsAsync($"person-{i}")).ShouldBe(expected, ignoreOrder: true, $"person-{i}");
        }

        (await stage.AdminAsync($"/admin/customerio/{FeedbackStage.Site}/people"))
            .EnumerateArray()
            .SelectMany(person => person.GetProperty("events").EnumerateArray())
            .Max(one => one.GetProperty("deliveries").GetInt32())
            .ShouldBeGreaterThan(1, "an answer was lost, so it was sent again under its id");
        (await stage.FeedbackAsync())
            .GetProperty("sends")
            .EnumerateArray()
            .Sum(send => send.GetProperty("attempts").GetInt32())
            .ShouldBeGreaterThan(0, "otherwise no fault was met");
    }

    [Fact]
    public async Task An_event_has_what_a_journey_can_use_and_no_one_of_another_source_is_reported()
    {
        await using var stage = await FeedbackStage.StartAsync();
        await stage.AddAsync("ann");
        (
            await stage.Host.SendAsync(
                Webhook.Request(Sample.Of(FeedbackStage.Person("of-another-source")).ToJsonString(), TestHostFiles.UnsignedToken)
            )
        ).Status.ShouldBe(200);
        await stage.QuietAsync();

        var happened = (await stage.PersonAsync("ann"))!.Value.GetProperty("events").EnumerateArray().Single();
        var data = happened.GetProperty("data");
        data.GetProperty("audience").GetString().ShouldBe("high_intent_cart_7d");
        data.GetProperty("audience_key").GetString().ShouldBe(Sample.Key);
        data.GetProperty("destination").GetString().ShouldBe("meta_main");
        data.GetProperty("platform").GetString().ShouldBe("meta");
        data.GetProperty("operation").GetString().ShouldBe("add");
        (await stage.PersonAsync("of-another-source")).ShouldBeNull();
        (await stage.PersonAsync("of-another-source@example.com")).ShouldBeNull();
    }

    [Fact]
    public async Task A_member_whom_the_platform_refuses_is_reported_with_the_code()
    {
        await using var stage = await FeedbackStage.StartAsync();
        await stage.Host.Sandbox.FaultAsync(
            new
            {
                kind = "invalid_rows",
                platform = "meta",
                count = 1,
            }
        );
        await stage.AddAsync("ann");
        await stage.QuietAsync();

        var happened = (await stage.PersonAsync("ann"))!.Value.GetProperty("events").EnumerateArray().Single();
        happened.GetProperty("name").GetString().ShouldBe("audience_sync_failed");
        happened.GetProperty("data").GetProperty("reason").GetString().ShouldStartWith("meta_");
    }

    [Fact]
    public async Task An_item_that_the_service_refuses_is_recorded_with_its_code_and_the_others_are_accepted()
    {
        await using var stage = await FeedbackStage.StartAsync();
        await stage.FaultAsync("invalid_rows", count: 1);
        var body =
            "[" + string.Join(',', Enumerable.Range(0, 3).Select(i => Sample.Of(FeedbackStage.Person($"p{i}")).ToJsonString())) + "]";
        (await stage.Host.PostAsync(body)).Status.ShouldBe(200);
        await stage.QuietAsync();

        var sends = (await stage.FeedbackAsync()).GetProperty("sends").EnumerateArray().ToList();
        sends.Sum(send => send.GetProperty("items").GetInt32()).ShouldBe(3);
        sends.Sum(send => send.GetProperty("accepted").GetInt32()).ShouldBe(2);
        var refused = sends.Single(send => send.GetProperty("accepted").GetInt32() < send.GetProperty("items").GetInt32());
        refused.GetProperty("http_status").GetInt32().ShouldBe(207);
        refused.GetProperty("codes").EnumerateObject().Single().Name.ShouldStartWith("cio_invalid");
    }

    [Fact]
    public async Task Refused_credentials_stop_the_source_visibly_and_it_resumes_by_itself_when_they_work()
    {
        await using var stage = await FeedbackStage.StartAsync();
        await stage.FaultAsync("token_expired");
        await stage.AddAsync("ann");
        JsonElement source = default;
        await Deadline.UntilAsync(
            async () =>
            {
                source = (await stage.FeedbackAsync()).GetProperty("sources")[0];
                return source.GetProperty("stopped_code").GetString() == "cio_401";
            },
            () => source.ToString()
        );
        await stage.AddAsync("ben");
        await stage.Host.WaitUntilQuietAsync();
        (await stage.PersonAsync("ann")).ShouldBeNull();

        await stage.ClearFaultsAsync();
        await stage.QuietAsync(waits: true);

        (await stage.EventsAsync("ann")).ShouldBe(["audience_synced"]);
        (await stage.EventsAsync("ben")).ShouldBe(["audience_synced"]);
        (await stage.FeedbackAsync()).GetProperty("sources")[0].GetProperty("stopped_code").ValueKind.ShouldBe(JsonValueKind.Null);
        stage.Host.LogLines.ShouldContain(line => line.Contains("stopped with cio_401"));
    }

    [Fact]
    public async Task A_page_that_is_not_accepted_for_a_day_is_a_dead_message_that_can_be_replayed()
    {
        await using var stage = await FeedbackStage.StartAsync(", attributes: false");
        await stage.FaultAsync("server_error");
        await stage.AddAsync("ann");
        await stage.Host.WaitUntilQuietAsync();
        await Deadline.UntilAsync(
            async () =>
                (await stage.FeedbackAsync())
                    .GetProperty("sends")
                    .EnumerateArray()
                    .Any(send => send.GetProperty("attempts").GetInt32() == 1),
            () => "the first attempt"
        );
        stage.Clock.Advance(TimeSpan.FromHours(25));
        await Deadline.UntilAsync(
            async () => (await stage.FeedbackAsync()).GetProperty("sources")[0].GetProperty("dead_pages").GetInt64() == 1,
            () => string.Join('\n', stage.Host.LogLines.TakeLast(60))
        );
        var dead = await DeadAsync(stage);
        (dead.GetProperty("message").GetString(), dead.GetProperty("error").GetString()).ShouldBe(
            ("SendFeedback", "FeedbackGaveUpException")
        );

        await stage.ClearFaultsAsync();
        using var replayed = await stage.Host.Operator.PostAsync($"/v1/messages/dead/{dead.GetProperty("id").GetGuid()}/replay", null);
        await Deadline.UntilAsync(async () => await stage.EventsAsync("ann") is not null, () => "the replayed page");
        (await stage.EventsAsync("ann")).ShouldBe(["audience_synced"]);
    }

    [Fact]
    public async Task Nothing_is_sent_about_a_person_whose_erasure_was_requested()
    {
        await using var stage = await FeedbackStage.StartAsync();
        await stage.FaultAsync("server_error");
        await stage.AddAsync("ann");
        await stage.AddAsync("ben");
        await stage.Host.WaitUntilQuietAsync();
        using var asked = await stage.Host.Operator.PostAsync(
            "/v1/people/erasures",
            System.Net.Http.Json.JsonContent.Create(new { customer_id = "ann" })
        );
        asked.IsSuccessStatusCode.ShouldBeTrue();

        await stage.ClearFaultsAsync();
        await stage.QuietAsync(waits: true);

        (await stage.EventsAsync("ben")).ShouldBe(["audience_synced"]);
        (await stage.PersonAsync("ann")).ShouldBeNull();
        (await stage.PersonAsync("ann@example.com")).ShouldBeNull();
    }

    private static async Task<JsonElement> DeadAsync(FeedbackStage stage)
    {
        JsonElement messages = default;
        await Deadline.UntilAsync(
            async () => (messages = (await stage.Host.GetAsync("/v1/messages/dead")).GetProperty("messages")).GetArrayLength() > 0,
            () => "the dead message"
        );
        return messages[0];
    }
}
