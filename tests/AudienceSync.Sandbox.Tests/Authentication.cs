using System.Security.Cryptography;
using System.Text;
using static AudienceSync.Sandbox.Tests.Sample;

namespace AudienceSync.Sandbox.Tests;

public sealed class Authentication
{
    private const string Users = "/v25.0/238500000000003/users";
    private const string Body = """{"payload":{"schema":["EMAIL"],"data":[[""]]}}""";

    // Contract meta 3: token ABC, secret dummySecret, time 1697328000 (where the manual clock starts).
    private const string TimedProof = "d103874f3b5f01f57c4f84edfb96ac94055da8f83c2b45e6f26dafca9188ff4d";
    private const string PlainProof = "b65114480019ded6a613dfeb8dcc8b3411598ba1405c65c89dc0c360c72a4732";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("token-2")]
    public async Task A_missing_or_wrong_token_is_190_even_with_a_bad_body(string? token)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.SendAsync(HttpMethod.Post, "/v25.0/238500000000001/users", Body, token)).Code.ShouldBe(190);
        (await sandbox.SendAsync(HttpMethod.Post, "/v25.0/238500000000001/users", "{", token)).Code.ShouldBe(190);
        (await sandbox.SendAsync(HttpMethod.Get, "/v25.0/act_1/customaudiences", null, token)).Code.ShouldBe(190);
    }

    [Fact]
    public async Task A_token_that_is_not_text_is_190()
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (
            await sandbox.SendAsync(HttpMethod.Post, "/v25.0/238500000000001/users", """{"access_token":"\ud800"}""", token: null)
        ).Code.ShouldBe(190);
    }

    [Theory]
    [InlineData("/v25.0/238500000000001/users?access_token=token-1", Body)]
    [InlineData("/v25.0/238500000000001/users", """{"payload":{"schema":["EMAIL"],"data":[[""]]},"access_token":"token-1"}""")]
    public async Task The_token_may_be_a_parameter(string path, string body)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        (await sandbox.SendAsync(HttpMethod.Post, path, body, token: null)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("238500000000003")]
    [InlineData("999")]
    [InlineData("act_9")]
    public async Task An_unknown_audience_and_one_of_another_account_are_100_33(string audience)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        var response = await sandbox.UsersAsync(HttpMethod.Post, Email, Array.Empty<object>(), audience);
        response.Code.ShouldBe(100);
        response.Subcode.ShouldBe(33);
        (await sandbox.GetAsync($"/v25.0/{audience}")).Subcode.ShouldBe(33);
    }

    [Theory]
    [InlineData("?appsecret_proof=" + PlainProof, 0, true)]
    [InlineData("?appsecret_proof=" + PlainProof, 600, true)]
    [InlineData("?appsecret_proof=" + TimedProof + "&appsecret_time=1697328000", 0, true)]
    [InlineData("?appsecret_proof=" + TimedProof + "&appsecret_time=1697328000", 300, true)]
    [InlineData("?appsecret_proof=" + TimedProof + "&appsecret_time=1697328000", 301, false)]
    [InlineData("?appsecret_proof=" + TimedProof + "&appsecret_time=1697328001", 0, false)]
    [InlineData("?appsecret_proof=" + TimedProof + "&appsecret_time=soon", 0, false)]
    [InlineData("?appsecret_proof=" + TimedProof, 0, false)]
    [InlineData("?appsecret_proof=" + PlainProof + "&appsecret_time=1697328000", 0, false)]
    [InlineData("", 0, false)]
    public async Task An_account_with_a_secret_requires_a_fresh_proof(string query, int seconds, bool good)
    {
        await using var sandbox = await RunningSandbox.StartAsync();
        sandbox.Clock.Advance(TimeSpan.FromSeconds(seconds));
        var response = await sandbox.SendAsync(HttpMethod.Post, Users + query, Body, "ABC");
        response.Status.ShouldBe(good ? 200 : 400);
        if (!good)
        {
            response.Code.ShouldBe(104);
        }
    }

    [Fact]
    public void The_vectors_are_those_of_the_contract()
    {
        static string Proof(string message) =>
            Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("dummySecret"), Encoding.UTF8.GetBytes(message)));
        Proof("ABC|1697328000").ShouldBe(TimedProof);
        Proof("ABC").ShouldBe(PlainProof);
    }
}
