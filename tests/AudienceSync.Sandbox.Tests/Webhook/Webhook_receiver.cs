using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests.Webhook;

/// <summary>The receiver of docs/webhook.md.</summary>
public sealed class Webhook_receiver
{
    private const string Key = "key-of-the-receiver";
    private const string List = "5001";

    [Fact]
    public async Task Members_are_added_and_removed()
    {
        await using var sandbox = await StartAsync();
        (
            await SendAsync(sandbox, Body("add", $$"""{"email":"{{Hash("a")}}","external_id":"7"},{"phone":"{{Hash("b")}}"}"""))
        ).Status.ShouldBe(200);
        (await sandbox.HeldAsync("email", List)).ShouldBe([Hash("a")]);
        (await sandbox.HeldAsync("external_id", List)).ShouldBe([Hash("7")]);
        (await SendAsync(sandbox, Body("remove", $$"""{"phone":"{{Hash("b")}}"}"""))).Status.ShouldBe(200);
        (await sandbox.HeldAsync("phone", List)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_request_without_a_current_signature_of_its_body_is_refused_before_any_other_check()
    {
        await using var sandbox = await StartAsync();
        var body = Body("add", $$"""{"email":"{{Hash("a")}}"}""");
        (await SendAsync(sandbox, body, key: "another key of theirs")).Status.ShouldBe(401);
        (await SendAsync(sandbox, body, sign: body + " ")).Status.ShouldBe(401);
        (await SendAsync(sandbox, body, late: TimeSpan.FromSeconds(301))).Status.ShouldBe(401);
        (await SendAsync(sandbox, body, late: TimeSpan.FromSeconds(-301))).Status.ShouldBe(401);
        (await SendAsync(sandbox, body.Replace("crm", "erp", StringComparison.Ordinal))).Status.ShouldBe(401);
        (await SendAsync(sandbox, "{}")).Status.ShouldBe(401);
        (await sandbox.SendAsync(HttpMethod.Post, "/webhook", body)).Status.ShouldBe(401);
        (await sandbox.HeldAsync("email", List)).ShouldBeEmpty();
        (await SendAsync(sandbox, body, late: TimeSpan.FromSeconds(299))).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("""{"version":2,"account":"crm","audience":"5001","operation":"add","members":[{"external_id":"1"}]}""", "unknown_version")]
    [InlineData(
        """{"version":1,"account":"crm","audience":"5001","operation":"add","members":[{"external_id":"1"}],"dry":true}""",
        "unknown_field"
    )]
    [InlineData("""{"version":1,"account":"crm","audience":"5001","operation":"add","members":[]}""", "operation_does_not_fit")]
    [InlineData(
        """{"version":1,"account":"crm","audience":"5001","operation":"drop","members":[{"external_id":"1"}]}""",
        "operation_does_not_fit"
    )]
    [InlineData("""{"version":1,"account":"crm","operation":"add","members":[{"external_id":"1"}]}""", "operation_does_not_fit")]
    [InlineData(
        """{"version":1,"account":"crm","audience":"5001","operation":"check","members":[{"external_id":"1"}]}""",
        "operation_does_not_fit"
    )]
    [InlineData("""{"version":1,"account":"crm","audience":"5001","operation":"add","members":[{}]}""", "invalid_member")]
    [InlineData(
        """{"version":1,"account":"crm","audience":"5001","operation":"add","members":[{"email":"ann@example.com"}]}""",
        "invalid_member"
    )]
    [InlineData("""{"version":1,"account":"crm","audience":"5001","operation":"add","members":[{"name":"Ann"}]}""", "invalid_member")]
    [InlineData("""{"version":1,"account":"crm","audience":"5001","operation":"add","members":[{"external_id":""}]}""", "invalid_member")]
    [InlineData("""{"version":1,"account":"crm","audience":"5001","operation":"add","members":{}}""", "members_needed")]
    public async Task A_body_in_another_format_is_refused_as_a_whole(string body, string code)
    {
        await using var sandbox = await StartAsync();
        var response = await SendAsync(sandbox, body);
        (response.Status, response.Json.GetProperty("code").GetString()).ShouldBe((422, code));
    }

    [Fact]
    public async Task A_list_that_never_existed_and_a_deleted_one_are_distinguished()
    {
        await using var sandbox = await StartAsync();
        (await SendAsync(sandbox, Body("check", "").Replace(List, "5009", StringComparison.Ordinal))).Status.ShouldBe(404);
        (await SendAsync(sandbox, Body("check", ""))).Status.ShouldBe(200);
        await sandbox.FaultAsync(
            new
            {
                kind = "list_deleted",
                audience = List,
                count = 1,
            }
        );
        (await SendAsync(sandbox, Body("add", """{"external_id":"1"}"""))).Status.ShouldBe(410);
        (await SendAsync(sandbox, Body("check", ""))).Status.ShouldBe(410);
    }

    [Fact]
    public async Task Too_many_calls_per_minute_or_members_per_call_are_refused()
    {
        await using var sandbox = await StartAsync();
        var many = string.Join(',', Enumerable.Range(0, 10_001).Select(n => $$"""{"external_id":"{{n}}"}"""));
        (await SendAsync(sandbox, Body("add", many))).Status.ShouldBe(413);
        for (var call = 0; call < 600; call++)
        {
            (await SendAsync(sandbox, Body("check", ""))).Status.ShouldBe(200);
        }

        var refused = await SendAsync(sandbox, Body("check", ""));
        (refused.Status, refused.Headers.RetryAfter!.Delta).ShouldBe((429, TimeSpan.FromSeconds(60)));
        sandbox.Clock.Advance(TimeSpan.FromSeconds(60));
        (await SendAsync(sandbox, Body("check", ""))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_rejected_part_is_named()
    {
        await using var sandbox = await StartAsync();
        await sandbox.FaultAsync(
            new
            {
                kind = "partial",
                platform = "webhook",
                count = 1,
            }
        );
        var response = await SendAsync(sandbox, Body("add", """{"external_id":"1"},{"external_id":"2"},{"external_id":"3"}"""));
        response.Status.ShouldBe(207);
        response.Json.GetProperty("rejected").EnumerateArray().Select(row => row.GetProperty("row").GetInt32()).ShouldBe([1, 2]);
        (await sandbox.HeldAsync("external_id", List)).ShouldBe([Hash("1")]);
    }

    private static string Body(string operation, string members) =>
        $$"""{"version":1,"account":"crm","audience":"{{List}}","operation":"{{operation}}","members":[{{members}}]}""";

    private static async Task<RunningSandbox> StartAsync()
    {
        var sandbox = await RunningSandbox.StartAsync();
        var account = $$"""{"platform":"webhook","account":"crm","token":"{{Key}}","audiences":["{{List}}"]}""";
        (await sandbox.SendAsync(HttpMethod.Post, "/admin/accounts", account)).Status.ShouldBe(200);
        return sandbox;
    }

    private static async Task<Response> SendAsync(
        RunningSandbox sandbox,
        string body,
        string key = Key,
        string? sign = null,
        TimeSpan late = default
    )
    {
        var time = (sandbox.Clock.GetUtcNow() - late).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/webhook")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-AudienceSync-Timestamp", time);
        request.Headers.Add(
            "X-AudienceSync-Signature",
            "v1="
                + Convert.ToHexStringLower(
                    HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"v1:{time}:{sign ?? body}"))
                )
        );
        return await sandbox.SendAsync(request);
    }
}
