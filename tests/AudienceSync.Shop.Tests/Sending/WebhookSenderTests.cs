using System.Net;
using System.Net.Http.Headers;
using AudienceSync.Shop.Sending;
using AudienceSync.Shop.Simulation;

namespace AudienceSync.Shop.Tests.Sending;

public sealed class WebhookSenderTests
{
    private const string Accepted = """{"status":"accepted","receipt_id":"0b2f1c1e-9d4f-4b53-8f0c-0d5a5e5e0001"}""";

    private static readonly DateTimeOffset Now = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan AnswerTimeout = RetryRules.Default.AnswerTimeout;

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_transient_error_is_retried_with_the_same_webhook(int status)
    {
        var receiver = new ScriptedReceiver(Respond(status), Respond(status), Respond(200, Accepted));

        var result = await SendAsync(receiver, new InstantTime(Now, AnswerTimeout));

        result.Attempts.ShouldBe(3);
        result.Answers.Single().Result.ShouldBe(AnswerResult.Accepted);
        receiver.Bodies.Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(413)]
    [InlineData(415)]
    [InlineData(422)]
    public async Task A_refusal_is_final(int status)
    {
        var receiver = new ScriptedReceiver(Respond(status, """{"code":"no_thanks"}"""));

        var result = await SendAsync(receiver, new InstantTime(Now, AnswerTimeout));

        result.ShouldSatisfyAllConditions(
            () => result.Attempts.ShouldBe(1),
            () => result.Answers.Single().ShouldBe(new Answer(AnswerResult.Refused, status, null, "no_thanks"))
        );
    }

    [Fact]
    public async Task A_broken_connection_is_retried_with_growing_waits()
    {
        var receiver = new ScriptedReceiver(Break, Break, Break, Respond(200, Accepted));
        var time = new InstantTime(Now, AnswerTimeout);

        var result = await SendAsync(receiver, time);

        result.Attempts.ShouldBe(4);
        time.Waits.ShouldBe([TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400)]);
    }

    [Fact]
    public async Task Retry_After_is_honored()
    {
        var busy = Respond(503);
        busy = busy with { RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7)) };
        var time = new InstantTime(Now, AnswerTimeout);

        await SendAsync(new ScriptedReceiver(busy, Respond(200, Accepted)), time);

        time.Waits.ShouldBe([TimeSpan.FromSeconds(7)]);
    }

    [Fact]
    public async Task Attempts_at_a_receiver_that_never_answers_end_and_the_answer_is_unknown()
    {
        var result = await SendAsync(new ScriptedReceiver(Hang), new InstantTime(Now));

        result.Attempts.ShouldBe(RetryRules.Default.MaxAttempts);
        result.Answers.Single().Result.ShouldBe(AnswerResult.Unknown);
    }

    [Fact]
    public async Task A_sender_with_a_short_first_timeout_aborts_once_and_then_waits_for_the_answer()
    {
        var receiver = new ScriptedReceiver(Hang, Respond(200, Accepted));

        var result = await SendAsync(receiver, new InstantTime(Now, AnswerTimeout), firstTimeoutMs: 5);

        result.Attempts.ShouldBe(2);
        result.Answers.Single().Result.ShouldBe(AnswerResult.Accepted);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"status":"perhaps"}""")]
    public async Task An_answer_outside_the_contract_is_unknown(string body)
    {
        var result = await SendAsync(new ScriptedReceiver(Respond(200, body)), new InstantTime(Now, AnswerTimeout));

        result.Answers.Single().Result.ShouldBe(AnswerResult.Unknown);
    }

    [Fact]
    public void The_signature_is_that_of_the_published_vector() =>
        new SenderKeys("token", "signing-secret")
            .Sign(1614265384, """{"event_id":"abc","object_type":"email","metric":"delivered"}"""u8)
            .ShouldBe("6f55cf23f9b73a2ff07733fe04421f64ce9ec5e409696edda6b2a80311944230");

    private static ScriptedReceiver.Step Break => new(0, string.Empty);

    private static ScriptedReceiver.Step Hang => new(-1, string.Empty);

    private static ScriptedReceiver.Step Respond(int status, string body = "") => new(status, body);

    private static async Task<DeliveryResult> SendAsync(ScriptedReceiver receiver, TimeProvider time, int firstTimeoutMs = 0)
    {
        var item = new ShopEvent(1, 1, EventKind.Add, "k", Now, Identifiers.Email, Flaw.None, SenderIdPlace.Body, "e1", "{}");
        using var http = new HttpMessageInvoker(receiver);
        var writer = new RequestWriter(new Uri("http://receiver.example/v1/webhooks/audience"), new SenderKeys("token", "key"), time);
        return await new WebhookSender(http, writer, RetryRules.Default, time).SendAsync(
            new Delivery(1, [item], IsArray: false, firstTimeoutMs),
            CancellationToken.None
        );
    }

    /// <summary>Answers by script; the last step repeats.</summary>
    private sealed class ScriptedReceiver(params ScriptedReceiver.Step[] steps) : HttpMessageHandler
    {
        private int _next;

        public List<string> Bodies { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Bodies.Add(await request.Content!.ReadAsStringAsync(cancellationToken));
            var step = steps[Math.Min(_next++, steps.Length - 1)];
            if (step.Status == 0)
            {
                throw new HttpRequestException("the connection broke");
            }

            if (step.Status < 0)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            var response = new HttpResponseMessage((HttpStatusCode)step.Status) { Content = new StringContent(step.Body) };
            response.Headers.RetryAfter = step.RetryAfter;
            return response;
        }

        /// <param name="Status">0 breaks the connection, -1 never answers.</param>
        internal sealed record Step(int Status, string Body, RetryConditionHeaderValue? RetryAfter = null);
    }
}
