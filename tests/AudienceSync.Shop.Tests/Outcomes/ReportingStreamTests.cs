using System.Net;
using System.Text;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;
using AudienceSync.Shop.Tests.Sending;

namespace AudienceSync.Shop.Tests.Outcomes;

public sealed class ReportingStreamTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_614_265_384);

    [Fact]
    public async Task A_request_carries_the_signature_of_the_published_vector()
    {
        const string Body = """{"event_id":"abc","object_type":"email","metric":"delivered"}""";
        var receiver = new Receiver(_ => (200, "accepted"));

        await PlayAsync(receiver, "signing-secret", Item(1) with { Json = Body });

        var (headers, body) = receiver.Requests.ShouldHaveSingleItem();
        body.ShouldBe(Body);
        headers["x-cio-timestamp"].ShouldBe("1614265384");
        headers["x-cio-signature"].ShouldBe("6f55cf23f9b73a2ff07733fe04421f64ce9ec5e409696edda6b2a80311944230");
        headers.ShouldNotContainKey("Authorization");
    }

    [Fact]
    public async Task Later_events_wait_until_the_one_before_them_was_answered_with_success()
    {
        var receiver = new Receiver(request => request <= 3 ? (503, null) : (200, "accepted"));

        var tally = await PlayAsync(receiver, "key", Item(1), Item(2));

        receiver.Requests.Select(request => request.Body).ShouldBe(["1", "1", "1", "1", "2"]);
        tally.Counts.ShouldBe(new OutcomeCounts(2, 2, 0, 0, 0, 0, Attempts: 5));
        tally.Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task An_answer_that_makes_the_service_wait_an_hour_is_a_violation_even_if_a_success_follows(int status)
    {
        var receiver = new Receiver(request => request == 1 ? (status, null) : (200, "accepted"));

        var tally = await PlayAsync(receiver, "key", Item(1));

        tally.Counts.Accepted.ShouldBe(1);
        tally.Violations.ShouldHaveSingleItem().ShouldContain("no refusal");
    }

    [Fact]
    public async Task A_repeat_must_be_a_duplicate_and_a_flawed_event_may_be_kept()
    {
        var receiver = new Receiver(request =>
            (
                200,
                request == 3 ? "kept"
                : request == 2 ? "duplicate"
                : "accepted"
            )
        );
        var good = await PlayAsync(receiver, "key", Item(1), Item(1), Item(2) with { Flaw = OutcomeFlaw.DamagedBody });
        good.Violations.ShouldBeEmpty();
        good.Counts.ShouldBe(new OutcomeCounts(3, 1, 1, 1, 0, 0, Attempts: 3));

        (await PlayAsync(new Receiver(_ => (200, "accepted")), "key", Item(1), Item(1))).Violations.ShouldHaveSingleItem();
        (await PlayAsync(new Receiver(_ => (200, "kept")), "key", Item(1))).Violations.ShouldHaveSingleItem();
        (await PlayAsync(new Receiver(_ => (200, "fine")), "key", Item(1))).Counts.Unknown.ShouldBe(1);
    }

    [Fact]
    public void A_customer_is_quiet_only_while_no_request_about_them_is_under_way()
    {
        var inFlight = new InFlight();
        var before = inFlight.QuietVersion(1);

        using (inFlight.Enter([1, 2, 2]))
        {
            inFlight.QuietVersion(1).ShouldBeNull();
            inFlight.QuietVersion(3).ShouldBe(before);
        }

        inFlight.QuietVersion(2).ShouldNotBeNull();
        inFlight.QuietVersion(1).ShouldNotBe(before);
    }

    private static OutcomeEvent Item(int number) =>
        new(number, 1, OutcomeChannel.Email, OutcomeKind.Delivered, Now, Identifiers.Email, OutcomeFlaw.None, $"{number}");

    private static async Task<OutcomeTally> PlayAsync(Receiver receiver, string key, params OutcomeEvent[] stream)
    {
        var tally = new OutcomeTally();
        using var http = new HttpMessageInvoker(receiver);
        var url = new Uri("http://receiver.example/v1/webhooks/customerio/reporting");
        var time = new InstantTime(Now, RetryRules.Default.AnswerTimeout);
        await new ReportingStream(http, url, key, RetryRules.Default, new InFlight(), tally, time).PlayAsync(
            new OutcomePlay(stream),
            perSecond: null,
            CancellationToken.None
        );
        return tally;
    }

    private sealed class Receiver(Func<int, (int Status, string? Result)> answer) : HttpMessageHandler
    {
        public List<(Dictionary<string, string> Headers, string Body)> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.Single(), StringComparer.Ordinal);
            Requests.Add((headers, Encoding.UTF8.GetString(await request.Content!.ReadAsByteArrayAsync(cancellationToken))));
            var (status, result) = answer(Requests.Count);
            return new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent($$"""{"status":"{{result}}"}""") };
        }
    }
}
