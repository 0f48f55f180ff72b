using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Connectors.Webhook;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests.Webhook;

/// <summary>What is sent over the wire, and the outcome of each response (docs/webhook.md).</summary>
public sealed class WebhookCallTests
{
    private const string Key = "0123456789abcdef";

    private static readonly PersonIdentifiers Jane = new("Cust-\"7\"", " Jane.Doe+x@Gmail.com", "+1 (657) 777-0000", "US");
    private static readonly PersonIdentifiers Joe = new(null, "joe@example.com", null, "US");

    [Fact]
    public async Task A_batch_is_signed_and_has_the_documented_format()
    {
        var network = ScriptedNetwork.Answering(200, "");
        (await SendAsync(network, MemberOperation.Add, Jane, Joe)).Outcome.ShouldBe(Outcome.Done);

        var sent = network.Sent.ShouldHaveSingleItem();
        (sent.Method, sent.Url.AbsoluteUri, sent.ContentType).ShouldBe(("POST", "https://crm.example/in/audiences", "application/json"));
        var time = sent.Headers["X-AudienceSync-Timestamp"];
        time.ShouldBe("1697328000");
        sent.Headers["X-AudienceSync-Signature"]
            .ShouldBe(
                "v1="
                    + Convert.ToHexStringLower(
                        HMACSHA256.HashData(Encoding.ASCII.GetBytes(Key), Encoding.UTF8.GetBytes($"v1:{time}:{sent.Body}"))
                    )
            );
        sent.Body.ShouldBe(
            $$"""{"version":1,"account":"crm","audience":"vip","operation":"add","members":[{"email":"{{Hash("janedoe@gmail.com")}}","phone":"{{Hash("+16577770000")}}","external_id":"Cust-\u00227\u0022"},{"email":"{{Hash("joe@example.com")}}"}]}"""
        );
        JsonDocument.Parse(sent.Body).RootElement.GetProperty("members")[0].GetProperty("external_id").GetString().ShouldBe("Cust-\"7\"");
    }

    [Fact]
    public async Task A_repeated_call_is_signed_again_with_its_own_time()
    {
        var network = ScriptedNetwork.Answering(500, "{}");
        var clock = new ManualTime();
        var destination = Make(network, clock);
        await SendAsync(destination, MemberOperation.Remove, Jane);
        clock.Advance(TimeSpan.FromMinutes(10));
        await SendAsync(destination, MemberOperation.Remove, Jane);

        network.Sent[1].Body.ShouldBe(network.Sent[0].Body);
        network.Sent.Select(sent => sent.Headers["X-AudienceSync-Timestamp"]).ShouldBe(["1697328000", "1697328600"]);
        network.Sent.Select(sent => sent.Headers["X-AudienceSync-Signature"]).Distinct().Count().ShouldBe(2);
    }

    [Theory]
    [InlineData(200, "", "Done", "done")]
    [InlineData(204, "", "Done", "done")]
    [InlineData(202, "{}", "Done", "done")]
    [InlineData(200, "OK", "Retry", "not_understood")]
    [InlineData(200, "<html>log in</html>", "Retry", "not_understood")]
    [InlineData(200, "[]", "Retry", "not_understood")]
    [InlineData(207, "", "Retry", "not_understood")]
    [InlineData(307, "", "StopAccount", "webhook_307")]
    [InlineData(301, "", "StopAccount", "webhook_301")]
    [InlineData(400, "", "Retry", "webhook_unknown_400")]
    [InlineData(422, "{}", "Retry", "webhook_unknown_422")]
    [InlineData(401, "", "StopAccount", "webhook_401")]
    [InlineData(403, "", "StopAccount", "webhook_403")]
    [InlineData(404, "", "StopAudience", "webhook_404")]
    [InlineData(410, "", "StopAudience", "webhook_410")]
    [InlineData(408, "", "Retry", "webhook_408")]
    [InlineData(409, "", "Retry", "webhook_409")]
    [InlineData(413, "", "SplitBatch", "webhook_413")]
    [InlineData(425, "", "Retry", "webhook_425")]
    [InlineData(500, "<html>", "Retry", "webhook_500")]
    [InlineData(502, "", "Retry", "webhook_502")]
    [InlineData(503, "", "Retry", "webhook_503")]
    [InlineData(504, "", "Retry", "webhook_504")]
    [InlineData(521, "", "Retry", "webhook_521")]
    public async Task Each_response_has_one_outcome(int status, string body, string kind, string code)
    {
        var result = await SendAsync(ScriptedNetwork.Answering(status, body), MemberOperation.Add, Jane);

        result.Outcome.ShouldBe(new Outcome(Enum.Parse<OutcomeKind>(kind), code));
        result.HttpStatus.ShouldBe(status);
    }

    [Fact]
    public void Every_row_of_the_table_is_a_case_above() =>
        WebhookErrors
            .Rules.Select(rule => rule.Status)
            .Order()
            .ShouldBe([301, 302, 303, 307, 308, 401, 403, 404, 408, 409, 410, 413, 425, 429, 500, 502, 503, 504]);

    [Theory]
    [InlineData(429, null, 60)]
    [InlineData(429, "7", 7)]
    [InlineData(429, "900000", 90_000)]
    [InlineData(503, "30", 30)]
    public async Task A_receiver_is_not_called_for_as_long_as_it_requests(int status, string? retryAfter, int seconds)
    {
        (string, string)[] headers = retryAfter is null ? [] : [("Retry-After", retryAfter)];
        var result = await SendAsync(ScriptedNetwork.Answering(status, "", headers), MemberOperation.Add, Jane);

        result.Outcome.Kind.ShouldBe(status == 429 ? OutcomeKind.Snooze : OutcomeKind.Retry);
        result.Outcome.Wait.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task Rejected_rows_are_mapped_to_their_members_and_a_reason_that_is_not_a_code_is_not_stored()
    {
        const string Body =
            """{"request_id":"r-1","rejected":[{"row":1,"reason":"Unknown_Person"},{"row":0,"reason":"ann@example.com is odd"},{"row":9},{"reason":"x"}],"rejected_count":3}""";
        var result = await SendAsync(
            ScriptedNetwork.Answering(207, Body),
            MemberOperation.Add,
            new PersonIdentifiers(null, "no", null, "US"),
            Jane,
            Joe
        );

        result.Outcome.ShouldBe(new Outcome(OutcomeKind.PartlyDone, "webhook_rejected"));
        result.Rejected.ShouldBe([new RefusedMember(1, "webhook_rejected"), new RefusedMember(2, "webhook_unknown_person")]);
        result.RejectedCount.ShouldBe(2, "never more than were sent");
        result.PlatformRequestId.ShouldBe("r-1");
    }

    [Fact]
    public async Task A_check_covers_the_account_and_each_list_and_gives_advice()
    {
        var network = new ScriptedNetwork(
            _ => Task.FromResult(ScriptedNetwork.Response(200, "")),
            _ => Task.FromResult(ScriptedNetwork.Response(404, "")),
            _ => Task.FromResult(new HttpResponseMessage(HttpStatusCode.UnprocessableEntity))
        );
        var checks = (IChecks)Make(network, new ManualTime());

        var findings = await checks.CheckAsync([new("gone"), new("old"), new("not a name")], CancellationToken.None);

        network
            .Sent.Select(sent => sent.Body)
            .ShouldBe([
                """{"version":1,"account":"crm","operation":"check","members":[]}""",
                """{"version":1,"account":"crm","audience":"gone","operation":"check","members":[]}""",
                """{"version":1,"account":"crm","audience":"old","operation":"check","members":[]}""",
            ]);
        findings
            .Select(finding => (finding.What, finding.State, finding.Code))
            .ShouldBe([
                ("token", CheckState.Good, "good"),
                ("audience", CheckState.Bad, "webhook_404"),
                ("audience", CheckState.NotKnown, "webhook_unknown_422"),
                ("audience", CheckState.Bad, "invalid_audience_id"),
            ]);
        findings.Skip(1).ShouldAllBe(finding => finding.Advice.Length > 20);
        checks.CheckName("a list")!.Code.ShouldBe("webhook_invalid_name");
    }

    [Theory]
    [InlineData("a name with spaces", "https://x/", Key, 1, "invalid_account")]
    [InlineData("crm", null, Key, 1, "missing_base_url")]
    [InlineData("crm", "https://x/?token=1", Key, 1, "invalid_base_url")]
    [InlineData("crm", "https://x/", null, 1, "missing_app_secret")]
    [InlineData("crm", "https://x/", "short", 1, "missing_app_secret")]
    [InlineData("crm", "https://x/", Key, 0, "invalid_members_per_call")]
    public void Each_unusable_setting_has_its_own_code(string account, string? url, string? key, int members, string code)
    {
        var section = Section.Of(
            account,
            ("base_url", url),
            ("app_secret", key is null ? null : new Secret(key)),
            ("members_per_call", members)
        );

        WebhookSettings.Parse(section).Errors.ShouldHaveSingleItem().Code.ShouldBe(code);
        WebhookSettings.Parse(section.With("consent", "granted")).Errors[0].Code.ShouldBe("foreign_setting");
    }

    private static Task<CallResult> SendAsync(ScriptedNetwork network, MemberOperation operation, params PersonIdentifiers[] people) =>
        SendAsync(Make(network, new ManualTime()), operation, people);

    private static async Task<CallResult> SendAsync(
        IDestination destination,
        MemberOperation operation,
        params PersonIdentifiers[] people
    ) =>
        await destination.SendAsync(
            new MemberCall(
                new RemoteAudienceId("vip"),
                operation,
                [.. people.Select(person => new Member(person, destination.Normalizer))]
            ),
            CancellationToken.None
        );

    private static IDestination Make(ScriptedNetwork network, ManualTime clock) =>
        Destinations
            .Create(
                "webhook",
                Section.Of("crm", ("base_url", "https://crm.example/in/audiences"), ("app_secret", new Secret(Key))),
                new DestinationDependencies(network, clock, new Random(1))
            )
            .Destination!;

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
