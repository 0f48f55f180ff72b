using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AudienceSync.Shop.Decisions;
using AudienceSync.Shop.Journeys;
using AudienceSync.Shop.Outcomes;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;
using AudienceSync.Shop.Tests.Sending;

namespace AudienceSync.Shop.Tests.Decisions;

public sealed class DecisionSamplerTests
{
    private const string Receipt = "0b2f1c1e-9d4f-4b53-8f0c-0d5a5e5e0001";

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly SenderKeys Keys = new("the-token", "the-key");
    private static readonly HighIntentCart Cart = new();

    private static readonly Customer Ann = new(1, "c1", "ann@example.com", "15559876543", "US", null);

    private readonly Tally _tally = new();
    private readonly OutcomeTally _outcomes = new();
    private readonly InFlight _inFlight = new();
    private int _events;

    [Fact]
    public async Task The_answer_of_a_correct_engine_is_not_wrong()
    {
        Accept(EventKind.Add, Now.AddDays(-1));

        (await SampleAsync(Answer(suppressed: false, isIn: true, deliverable: true))).ShouldSatisfyAllConditions(
            finding => finding.Checked.ShouldBe(1),
            finding => finding.Wrong.ShouldBe(0)
        );
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    public async Task An_answer_that_differs_in_any_field_is_wrong(bool suppressed, bool isIn, bool deliverable)
    {
        Accept(EventKind.Add, Now.AddDays(-1));

        var finding = await SampleAsync(Answer(suppressed, isIn, deliverable));

        finding.Wrong.ShouldBe(1);
        finding.Examples.ShouldHaveSingleItem().ShouldStartWith("decision about customer 1: expected");
        finding.Examples[0].ShouldNotContain('@');
    }

    [Fact]
    public async Task A_suppressed_member_is_expected_to_be_both()
    {
        Accept(EventKind.Add, Now.AddDays(-1));
        _outcomes.Record(Outcome(OutcomeKind.HardBounced), new OutcomeAnswer(200, "accepted", 1, WasRefused: false));

        (await SampleAsync(Answer(suppressed: true, isIn: true, deliverable: false))).Wrong.ShouldBe(0);
        (await SampleAsync(Answer(suppressed: false, isIn: true, deliverable: true))).Wrong.ShouldBe(1);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task During_the_play_a_suppression_counts_from_the_moment_its_outcome_is_accepted(bool suppressed, int wrong)
    {
        Accept(EventKind.Add, Now.AddDays(-1));
        var complaint = Outcome(OutcomeKind.Complained);
        _outcomes.Record(complaint, new OutcomeAnswer(200, "accepted", 1, WasRefused: false));
        using var stop = new CancellationTokenSource();

        var finding = await Sampler(() =>
            {
                stop.Cancel();
                return (200, Answer(suppressed, isIn: true, deliverable: false));
            })
            .SampleAsync(TimeSpan.FromSeconds(1), stop.Token);

        (finding.Checked, finding.Wrong).ShouldBe((1, wrong));
    }

    [Fact]
    public async Task Nothing_is_compared_while_a_request_about_the_customer_is_under_way_or_begins_before_the_answer()
    {
        Accept(EventKind.Add, Now.AddDays(-1));
        using (_inFlight.Enter([1]))
        {
            (await SampleAsync(Answer(true, false, false))).ShouldBe(DecisionFinding.None with { Skipped = 1 }, Same);
        }

        var finding = await SampleAsync(() =>
        {
            _inFlight.Enter([1]).Dispose();
            return (200, Answer(true, false, false));
        });
        finding.ShouldBe(DecisionFinding.None with { Skipped = 1 }, Same);
    }

    [Fact]
    public async Task A_fallback_and_a_stopped_engine_are_counted_and_a_refusal_is_wrong()
    {
        Accept(EventKind.Add, Now.AddDays(-1));

        (await SampleAsync("""{"fallback":true}""")).Fallbacks.ShouldBe(1);
        (await SampleAsync(() => (503, "{}"))).Unanswered.ShouldBe(1);
        (await SampleAsync(() => (401, "{}"))).Wrong.ShouldBe(1);
        (await SampleAsync("[]")).Wrong.ShouldBe(1);
    }

    private static readonly IEqualityComparer<DecisionFinding> Same = EqualityComparer<DecisionFinding>.Create(
        (one, other) => JsonSerializer.Serialize(one) == JsonSerializer.Serialize(other)
    );

    private static string Answer(bool suppressed, bool isIn, bool deliverable)
    {
        var answer = new JsonObject
        {
            ["fallback"] = false,
            ["known"] = true,
            ["suppressed"] = suppressed,
            ["email_deliverable"] = deliverable,
        };
        foreach (var journey in JourneyList.All)
        {
            answer[$"in_{journey.Audience}"] = journey.Key == Cart.Key && isIn;
            answer[$"in_{journey.Key}"] = journey.Key == Cart.Key && isIn;
        }

        return answer.ToJsonString();
    }

    private void Accept(EventKind kind, DateTimeOffset at)
    {
        var item = new ShopEvent(
            ++_events,
            1,
            kind,
            Cart.Key,
            at,
            Ann.IdentifiersAt(at),
            Flaw.None,
            SenderIdPlace.Body,
            $"e{_events}",
            "{}"
        );
        _tally.Record(
            new Delivery(1, [item], IsArray: false, 0),
            new DeliveryResult([new Answer(AnswerResult.Accepted, 200, Receipt, null)], 1, new ReceiptSpan(Now, Now))
        );
    }

    private static OutcomeEvent Outcome(OutcomeKind kind) =>
        new(1, 1, OutcomeChannel.Email, kind, Now.AddDays(-2), Identifiers.Email, OutcomeFlaw.None, "{}");

    private Task<DecisionFinding> SampleAsync(string answer) => SampleAsync(() => (200, answer));

    private Task<DecisionFinding> SampleAsync(Func<(int Status, string Body)> answer) =>
        Sampler(answer).SampleAsync(0, [1], CancellationToken.None);

    private DecisionSampler Sampler(Func<(int Status, string Body)> answer)
    {
        var http = new HttpMessageInvoker(new Engine(answer));
        var time = new InstantTime(Now, never: TimeSpan.FromSeconds(5));
        var api = new DecisionApi(http, new Uri("http://engine.example/v1/decisions"), Keys, time);
        return new DecisionSampler(api, new Play([Ann], [], []), _tally, _outcomes, _inFlight, seed: 3, time);
    }

    private sealed class Engine(Func<(int Status, string Body)> answer) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            var timestamp = long.Parse(request.Headers.GetValues("X-CIO-Timestamp").Single());
            request.Headers.GetValues("X-CIO-Signature").Single().ShouldBe(Keys.Sign(timestamp, body));
            request.Headers.Authorization!.Parameter.ShouldBe(Keys.Token);
            var (status, text) = answer();
            return new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(text) };
        }
    }
}
