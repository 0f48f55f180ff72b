using System.Text;
using System.Text.Json;
using AudienceSync.Connectors.CustomerIo;
using AudienceSync.Domain.Feedback;

namespace AudienceSync.Connectors.Tests.CustomerIo;

/// <summary>The calls to the Track API, and what every documented answer means (contracts/customerio.md 4 and 6.1).</summary>
public sealed class CustomerIoFeedbackTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    private readonly HurriedTime _time = new();

    public static TheoryData<int, FeedbackOutcome, int> Statuses()
    {
        var data = new TheoryData<int, FeedbackOutcome, int>();
        foreach (var rule in CustomerIoErrors.Rules.Where(rule => rule.Status is not (200 or 207 or 413)))
        {
            data.Add(rule.Status, rule.Outcome, rule.Outcome == FeedbackOutcome.Later ? 4 : 1);
        }

        data.Add(418, FeedbackOutcome.Refused, 1);
        data.Add(599, FeedbackOutcome.Later, 4);
        data.Add(204, FeedbackOutcome.Accepted, 1);
        return data;
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task Every_status_has_one_outcome_and_only_not_now_is_retried(int status, FeedbackOutcome outcome, int requests)
    {
        var network = ScriptedNetwork.Answering(status, "{}");

        var reply = await Feedback(network).SendAsync([Event("1")], mayRepeat: null, CancellationToken.None);

        reply.Outcome.ShouldBe(outcome);
        reply.Status.ShouldBe(status);
        network.Sent.Count.ShouldBe(requests);
        network.Sent.Select(sent => sent.Headers.GetValueOrDefault("X-Retry-Count")).ShouldBe(new[] { null, "1", "2", "3" }.Take(requests));
    }

    [Fact]
    public void Every_status_that_the_contract_retries_has_a_row() =>
        CustomerIoErrors
            .Rules.Where(rule => rule.Outcome == FeedbackOutcome.Later)
            .Select(rule => rule.Status)
            .ShouldBe([408, 429, 500, 502, 503, 504, 522, 524]);

    [Fact]
    public async Task Waits_grow_between_the_retries_and_a_short_Retry_After_is_honored()
    {
        var network = new ScriptedNetwork(
            _ => Task.FromResult(ScriptedNetwork.Response(503, "{}")),
            _ => Task.FromResult(ScriptedNetwork.Response(503, "{}")),
            _ => Task.FromResult(ScriptedNetwork.Response(429, "{}", ("Retry-After", "4"))),
            _ => Task.FromResult(ScriptedNetwork.Response(200, "{}"))
        );

        (await Feedback(network).SendAsync([Event("1")], mayRepeat: null, CancellationToken.None)).Outcome.ShouldBe(
            FeedbackOutcome.Accepted
        );

        var waits = _time.Waits.Where(wait => wait >= TimeSpan.FromMilliseconds(200)).ToList();
        waits.Count.ShouldBe(3);
        waits[0].ShouldBeInRange(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400));
        waits[1].ShouldBeInRange(TimeSpan.FromMilliseconds(400), TimeSpan.FromMilliseconds(800));
        waits[2].ShouldBe(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task A_long_Retry_After_ends_the_call_and_is_cut_at_300_seconds()
    {
        var network = ScriptedNetwork.Answering(503, "{}", ("Retry-After", "4000"));

        var reply = await Feedback(network).SendAsync([Event("1")], mayRepeat: null, CancellationToken.None);

        network.Sent.Count.ShouldBe(1);
        reply.RetryAfter.ShouldBe(TimeSpan.FromSeconds(300));
    }

    [Fact]
    public async Task A_broken_connection_and_a_time_out_are_retried()
    {
        var network = new ScriptedNetwork(
            _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"),
            async token =>
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return ScriptedNetwork.Response(200, "{}");
            },
            _ => Task.FromResult(ScriptedNetwork.Response(200, "{}"))
        );

        // One second: on this clock the time-out of an attempt is over at once, and the first attempt fails before it.
        (
            await Feedback(network, ("call_timeout_s", 1)).SendAsync([Event("1")], mayRepeat: null, CancellationToken.None)
        ).Code.ShouldBeOneOf("done", "timeout");
        network.Sent.Count.ShouldBeGreaterThanOrEqualTo(2);
    }

    [Fact]
    public async Task A_call_is_not_repeated_when_what_it_sends_may_not_be_sent_any_more()
    {
        var network = ScriptedNetwork.Answering(503, "{}");

        var reply = await Feedback(network).SendAsync([Event("1")], _ => Task.FromResult(false), CancellationToken.None);

        network.Sent.Count.ShouldBe(1);
        (reply.Outcome, reply.Code).ShouldBe((FeedbackOutcome.Later, "outdated"));
    }

    [Fact]
    public async Task A_207_names_what_was_refused_and_the_rest_was_accepted()
    {
        const string Body = """
            {"errors":[{"batch_index":1,"reason":"invalid","field":"attributes.complaint_count","message":"ann@example.com is not a number"},
              {"batch_index":1,"reason":"invalid","field":"id"},{"batch_index":7,"reason":"invalid"},
              {"batch_index":0,"reason":"ann@example.com","field":"attributes.ann"}]}
            """;
        var network = ScriptedNetwork.Answering(207, Body);

        var reply = await Feedback(network).SendAsync([Event("1"), Event("2"), Event("3")], mayRepeat: null, CancellationToken.None);

        reply.Outcome.ShouldBe(FeedbackOutcome.Accepted);
        reply.Rejected.ShouldBe([
            new RejectedItem(0, "cio_rejected") { MayPass = true },
            new RejectedItem(1, "cio_invalid:attributes.complaint_count"),
        ]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"errors":[]}""")]
    [InlineData("<html>")]
    public async Task A_207_that_names_nothing_leaves_unknown_what_was_accepted(string body)
    {
        var reply = await Feedback(ScriptedNetwork.Answering(207, body)).SendAsync([Event("1")], mayRepeat: null, CancellationToken.None);

        (reply.Outcome, reply.Code).ShouldBe((FeedbackOutcome.Later, "not_understood"));
    }

    [Fact]
    public async Task A_refused_batch_refuses_every_item_with_its_code()
    {
        const string Body = """{"errors":[{"reason":"required","field":"identifiers","message":"x"}]}""";

        var reply = await Feedback(ScriptedNetwork.Answering(400, Body))
            .SendAsync([Event("1"), Event("2")], mayRepeat: null, CancellationToken.None);

        reply.Outcome.ShouldBe(FeedbackOutcome.Refused);
        reply.Rejected.ShouldBe([new RejectedItem(0, "cio_required:identifiers"), new RejectedItem(1, "cio_required:identifiers")]);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_is_halved_until_the_item_that_is_too_large_is_known()
    {
        var network = new ScriptedNetwork(
            _ => Task.FromResult(ScriptedNetwork.Response(413, "")),
            _ => Task.FromResult(ScriptedNetwork.Response(200, "{}")),
            _ => Task.FromResult(ScriptedNetwork.Response(413, "")),
            _ => Task.FromResult(ScriptedNetwork.Response(413, "")),
            _ => Task.FromResult(ScriptedNetwork.Response(200, "{}"))
        );

        var reply = await Feedback(network)
            .SendAsync([Event("1"), Event("2"), Event("3"), Event("4")], mayRepeat: null, CancellationToken.None);

        reply.Outcome.ShouldBe(FeedbackOutcome.Accepted);
        reply.Rejected.ShouldBe([new RejectedItem(2, CustomerIoPayload.TooLarge)]);
        network
            .Sent.Select(sent => JsonDocument.Parse(sent.Body).RootElement.GetProperty("batch").GetArrayLength())
            .ShouldBe([4, 2, 2, 1, 1]);
    }

    [Fact]
    public async Task A_request_goes_to_the_region_with_the_credentials_and_one_identifier()
    {
        var network = ScriptedNetwork.Answering(200, "{}");

        await Feedback(network, ("region", "eu")).SendAsync([Event("7"), Traits("7")], mayRepeat: null, CancellationToken.None);

        var sent = network.Sent.ShouldHaveSingleItem();
        sent.Url.ShouldBe(new Uri("https://track-eu.customer.io/api/v2/batch"));
        sent.Authorization.ShouldBe("Basic " + Convert.ToBase64String("sid-1:key-1"u8));
        sent.ContentType.ShouldBe("application/json");
        sent.Body.ShouldBe(
            """{"batch":[{"type":"person","action":"event","identifiers":{"id":"7"},"name":"audience_synced","id":"""
                + $"\"{FactId.Derive(At, "shop", "meta", 1, Guid.Empty, "audience_synced")}\""
                + ""","timestamp":1796040000,"attributes":{"audience":"cart","audience_key":"cart_v1","destination":"meta","platform":"meta","operation":"add"}},"""
                + """{"type":"person","action":"identify","identifiers":{"id":"7"},"timestamp":1796040000,"attributes":{"_update":true,"_timestamp":1796040000,"""
                + "\"email_deliverable\":false,\"last_email_click_at\":1796040000,\"complaint_count\":2,\"ads_suppressed\":true}}]}"
        );
    }

    [Fact]
    public void Batches_and_items_keep_to_the_sizes_of_the_service()
    {
        var item = new byte[CustomerIoLimits.ItemBytes];
        Array.Fill(item, (byte)'1');

        var batches = CustomerIoPayload.Batches(Enumerable.Repeat(item, 40)).ToList();

        batches.Sum(batch => batch.Count).ShouldBe(40);
        batches.Select(batch => CustomerIoPayload.Batch(batch).Length).ShouldAllBe(bytes => bytes <= CustomerIoLimits.BatchBytes);
        batches.Count.ShouldBe(3);
    }

    [Fact]
    public void An_item_that_is_too_large_and_an_identifier_that_is_too_long_are_refused_with_a_code()
    {
        var large = Happened() with { Reason = new string('x', CustomerIoLimits.ItemBytes) };
        CustomerIoPayload.Event(new FeedbackPerson("id", "7"), large).ShouldBe(new FeedbackItem(null, CustomerIoPayload.TooLarge));
        CustomerIoPayload
            .Identify(new FeedbackPerson("id", new string('ä', 76)), default, At)
            .ShouldBe(new FeedbackItem(null, CustomerIoPayload.IdentifierTooLong));
    }

    [Fact]
    public async Task The_outcome_of_a_step_names_its_delivery_and_nobody()
    {
        var network = ScriptedNetwork.Answering(200, "");

        (await Feedback(network).ReportAsync("dlv-1", "dropped", At, "suppressed", CancellationToken.None)).Outcome.ShouldBe(
            FeedbackOutcome.Accepted
        );

        var sent = network.Sent.ShouldHaveSingleItem();
        sent.Url.ShouldBe(new Uri("https://track.customer.io/api/v1/metrics"));
        sent.Body.ShouldBe("""{"delivery_id":"dlv-1","metric":"dropped","timestamp":1796040000,"reason":"suppressed"}""");
    }

    [Fact]
    public async Task Requests_are_spaced_by_the_rate()
    {
        var network = ScriptedNetwork.Answering(200, "{}");
        var feedback = Feedback(network, ("requests_per_second", 2));
        var before = _time.GetUtcNow();

        for (var i = 0; i < 5; i++)
        {
            await feedback.SendAsync([Event("1")], mayRepeat: null, CancellationToken.None);
        }

        (_time.GetUtcNow() - before).ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(200, """{"url":"https://track.customer.io","region":"us","environment_id":1}""", CheckState.Good, "good")]
    [InlineData(200, """{"url":"https://track-eu.customer.io","region":"eu","environment_id":1}""", CheckState.Bad, "cio_wrong_region")]
    [InlineData(200, "{}", CheckState.NotKnown, "not_understood")]
    [InlineData(401, "", CheckState.Bad, "cio_401")]
    [InlineData(404, "", CheckState.Bad, "cio_404")]
    [InlineData(503, "", CheckState.NotKnown, "cio_503")]
    public async Task The_check_finds_wrong_credentials_and_a_wrong_region(int status, string body, CheckState state, string code)
    {
        var findings = await Feedback(ScriptedNetwork.Answering(status, body)).CheckAsync(CancellationToken.None);

        (findings[^1].State, findings[^1].Code).ShouldBe((state, code));
    }

    [Theory]
    [InlineData("region", "asia", "invalid_region")]
    [InlineData("region", null, "invalid_region")]
    [InlineData("site_id", null, "missing_site_id")]
    [InlineData("api_key", null, "missing_api_key")]
    [InlineData("events", "perhaps", "invalid_events")]
    [InlineData("requests_per_second", 1001, "invalid_requests_per_second")]
    [InlineData("token", "x", "foreign_setting")]
    public void A_setting_that_cannot_be_used_is_an_error(string name, object? value, string code) =>
        CustomerIoSettings.Parse(Section.Of("", Basic).With(name, value)).Errors.Select(error => error.Code).ShouldBe([code]);

    [Fact]
    public void A_secret_is_not_shown()
    {
        var settings = CustomerIoSettings.Parse(Section.Of("", Basic)).Settings!;

        settings.ToString().ShouldNotContain("sid-1");
        new FeedbackPerson("email", "ann@example.com").ToString().ShouldBe("email(***)");
    }

    private static (string Name, object? Value)[] Basic =>
        [("region", "us"), ("site_id", new Secret("sid-1")), ("api_key", new Secret("key-1"))];

    private static FeedbackEvent Happened() =>
        new(FactId.Derive(At, "shop", "meta", 1, Guid.Empty, "audience_synced"), "audience_synced", At)
        {
            Audience = "cart",
            AudienceKey = "cart_v1",
            Destination = "meta",
            Platform = "meta",
            Operation = "add",
        };

    private static byte[] Event(string id) => CustomerIoPayload.Event(new FeedbackPerson("id", id), Happened()).Json!;

    private static byte[] Traits(string id) =>
        CustomerIoPayload.Identify(new FeedbackPerson("id", id), new PersonTraits(false, null, At, 2, true), At).Json!;

    private CustomerIoFeedback Feedback(ScriptedNetwork network, params (string Name, object Value)[] settings)
    {
        var section = settings.Aggregate(Section.Of("", Basic), (all, setting) => all.With(setting.Name, setting.Value));
        return new CustomerIoFeedback(
            CustomerIoSettings.Parse(section).Settings!,
            new DestinationDependencies(network, _time, new Random(1))
        );
    }
}
