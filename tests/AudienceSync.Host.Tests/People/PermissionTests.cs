using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AudienceSync.Host.Tests.Ingest;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.People;

/// <summary>Consent and suppression, from a webhook of a journey and from the operator, through to the platform's list and back.</summary>
public sealed class PermissionTests
{
    private static readonly JsonObject Ann = new() { ["customer_id"] = "ann", ["email"] = "ann@example.com" };

    [Theory]
    [InlineData("person_suppress", null, "person_unsuppress", null)]
    [InlineData("person_consent", """{"ad_user_data":"denied"}""", "person_consent", """{"ad_user_data":"granted"}""")]
    [InlineData("person_consent", """{"ad_personalization":false}""", "person_consent", """{"ad_personalization":true}""")]
    public async Task A_webhook_restricts_targeting_and_another_lifts_the_restriction(
        string restrict,
        string? denied,
        string lift,
        string? granted
    )
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        await host.PostAsync(Sample.Of(Copy(Ann)));
        await HeldAsync(host, 1);

        (await host.PostAsync(PermissionEvent(restrict, denied, minutes: 1))).Status.ShouldBe(200);
        await HeldAsync(host, 0);

        (await host.PostAsync(PermissionEvent(lift, granted, minutes: 2))).Status.ShouldBe(200);
        await HeldAsync(host, 1);

        // An older event changes nothing, however late it arrives.
        (await host.PostAsync(PermissionEvent(restrict, denied, minutes: 1, id: "late"))).Status.ShouldBe(200);
        await HeldAsync(host, 1);
    }

    [Fact]
    public async Task An_operator_suppresses_by_an_address_that_is_not_known_yet()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        var answer = await OperateAsync(host, "suppressions", """{"email":"Ann@Example.com","reason":"asked by phone"}""");
        answer.Status.ShouldBe(200, answer.Text);
        await host.PostAsync(Sample.Of(Copy(Ann)));
        await HeldAsync(host, 0);
        (await host.ScalarAsync<short>("select state from membership where state <> 5")).ShouldBe((short)4);

        (await OperateAsync(host, "suppressions/lift", """{"email":"ann@example.com"}""")).Status.ShouldBe(200);
        await HeldAsync(host, 1);
    }

    [Fact]
    public async Task A_suppression_at_one_destination_leaves_the_others_alone()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        await host.PostAsync(Sample.Of(Copy(Ann)));
        await HeldAsync(host, 1);
        (await OperateAsync(host, "suppressions", """{"customer_id":"ann","destination":"meta_main"}""")).Status.ShouldBe(200);
        await HeldAsync(host, 0);
        (await host.ScalarAsync<short>("select state from membership where state <> 5")).ShouldBe((short)6);

        (await OperateAsync(host, "suppressions", """{"customer_id":"ann","destination":"nowhere"}""")).Code.ShouldBe(
            "unknown_destination"
        );
    }

    [Fact]
    public async Task A_list_suppresses_everyone_on_it_plain_or_hashed_and_reports_the_lines_it_could_not_read()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        foreach (var name in new[] { "ann", "bob", "cid", "dan" })
        {
            await host.PostAsync(
                Sample.Of(
                    new JsonObject
                    {
                        ["customer_id"] = name,
                        ["email"] = $"{name}@example.com",
                        ["phone"] = Phone(name),
                    }
                )
            );
        }

        await HeldAsync(host, 4);
        var hash = Convert.ToHexStringLower(SHA256.HashData("bob@example.com"u8));
        var list =
            $"Email,email_sha256,phone,customer_id,note\nANN@example.com,,,,\n,{hash},,,\"a, quoted "
            + $"\"\"note\"\"\"\n,,{Phone("cid")},,\nnobody at all,,,,\n,,,,empty\n";
        var answer = await ListAsync(host, list);
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json.GetProperty("accepted").GetInt32().ShouldBe(3);
        answer
            .Json.GetProperty("refused_lines")
            .EnumerateArray()
            .Select(line =>
                (line.GetProperty("line").GetInt32(), line.GetProperty("column").GetString(), line.GetProperty("code").GetString())
            )
            .ShouldBe([(5, "email", "white_space"), (6, null, "no_identifier")]);
        await HeldAsync(host, 1);

        (await ListAsync(host, list, "?lift=true")).Status.ShouldBe(200);
        await HeldAsync(host, 4);
    }

    [Theory]
    [InlineData("", "invalid_list")]
    [InlineData("mail\nann@example.com\n", "invalid_list")]
    public async Task An_invalid_list_is_refused(string list, string code)
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        (await ListAsync(host, list)).Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("consent", """{"customer_id":"ann"}""", "invalid_consent")]
    [InlineData("consent", """{"consent":{"ad_user_data":"granted"}}""", "missing_person")]
    [InlineData("suppressions", """{"customer_id":"ann","customer_id":"bob"}""", "malformed_json")]
    [InlineData("suppressions", "[]", "not_an_event")]
    [InlineData("suppressions", """{"customer_id":"ann","occurred_at":"tomorrow"}""", "invalid_occurred_at")]
    public async Task An_invalid_operator_request_is_refused_with_its_code(string path, string body, string code)
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        var answer = await OperateAsync(host, path, body);
        (answer.Status, answer.Code).ShouldBe((422, code));
    }

    /// <summary>Found by the fuzz test: bytes that are not UTF-8 were accepted in a field that is not read.</summary>
    [Theory]
    [InlineData("consent", "\"consent\":{\"ad_user_data\":\"denied\"},")]
    [InlineData("suppressions", "")]
    [InlineData("suppressions/lift", "")]
    public async Task Bytes_that_are_not_text_are_refused_in_any_field(string path, string fields)
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        byte[] body = [.. Encoding.UTF8.GetBytes("{\"customer_id\":\"ann\"," + fields + "\"note\":\""), 0xD0, .. "x\"}"u8];
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await host.Operator.PostAsync("/v1/people/" + path, content);
        var answer = await Answer.ReadAsync(response);
        (answer.Status, answer.Code).ShouldBe((422, "malformed_json"));
    }

    [Fact]
    public async Task Only_the_operator_may_suppress()
    {
        await using var host = await TestHost.StartAsync(new TestHostOptions { Clock = new OffsetClock(Sample.Now) });
        var answer = await host.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "/v1/people/suppressions") { Content = new StringContent("{}") }
        );
        answer.Status.ShouldBe(401);
    }

    private static JsonObject Copy(JsonObject person) => JsonNode.Parse(person.ToJsonString())!.AsObject();

    private static string Phone(string name) => $"+1202555{1000 + name[0]}";

    private static string PermissionEvent(string name, string? consent, int minutes, string? id = null)
    {
        var body = new JsonObject
        {
            ["event"] = name,
            ["event_id"] = id ?? $"{name}/{minutes}",
            ["occurred_at"] = Sample.Now.AddMinutes(minutes - 5).ToString("O"),
            ["customer_id"] = "ann",
        };
        if (consent is not null)
        {
            body["consent"] = JsonNode.Parse(consent);
        }

        return body.ToJsonString();
    }

    private static async Task HeldAsync(TestHost host, int people)
    {
        await host.WaitUntilQuietAsync();
        (await host.Sandbox.HeldAsync(TestHost.Remote(0), "EMAIL")).Count.ShouldBe(people);
    }

    private static async Task<Answer> OperateAsync(TestHost host, string path, string body)
    {
        using var response = await host.Operator.PostAsync(
            "/v1/people/" + path,
            new StringContent(body, Encoding.UTF8, "application/json")
        );
        return await Answer.ReadAsync(response);
    }

    private static async Task<Answer> ListAsync(TestHost host, string csv, string query = "?reason=upload")
    {
        using var response = await host.Operator.PostAsync(
            "/v1/people/suppressions/list" + query,
            new StringContent(csv, MediaTypeHeaderValue.Parse("text/csv"))
        );
        return await Answer.ReadAsync(response);
    }
}
