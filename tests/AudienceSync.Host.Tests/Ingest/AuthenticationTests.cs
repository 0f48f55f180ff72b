using System.Net.Http.Headers;
using System.Text;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

public sealed class AuthenticationTests(IngestHost given) : IClassFixture<IngestHost>
{
    private const string Token = TestHostFiles.UnsignedToken;

    [Theory]
    [InlineData("Bearer " + Token)]
    [InlineData("bearer " + Token)]
    [InlineData("Bearer   " + Token + "  ")]
    public async Task A_bearer_token_authenticates_its_source(string authorization) =>
        (await SendAsync(authorization)).Status.ShouldBe(200);

    [Theory]
    [InlineData("journeys:" + Token)]
    [InlineData(":" + Token)]
    public async Task The_password_of_basic_is_the_token_for_any_user_name(string pair) =>
        (await SendAsync(Basic(pair))).Status.ShouldBe(200);

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer " + Token + "x")]
    [InlineData(Token)]
    [InlineData("Digest " + Token)]
    [InlineData("Basic !!!")]
    [InlineData("Bearer " + TestHostFiles.OperatorToken)]
    public async Task Any_other_authorization_is_refused_with_the_expected_scheme(string? authorization)
    {
        var answer = await SendAsync(authorization);
        answer.Status.ShouldBe(401);
        answer.Code.ShouldBe("unauthorized");
        answer.Type.ShouldBe("application/problem+json");
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
    }

    [Fact]
    public async Task A_basic_pair_without_a_colon_is_refused() => (await SendAsync(Basic(Token))).Code.ShouldBe("unauthorized");

    [Fact]
    public async Task A_token_in_the_user_name_is_not_a_password() => (await SendAsync(Basic(Token + ":"))).Code.ShouldBe("unauthorized");

    [Fact]
    public async Task A_token_longer_than_any_header_should_be_is_refused() =>
        (await SendAsync("Bearer " + new string('x', 5_000))).Code.ShouldBe("unauthorized");

    [Fact]
    public async Task The_authorization_header_may_not_appear_twice()
    {
        var request = Webhook.Request(Sample.Event().ToJsonString(), token: null);
        request.Headers.TryAddWithoutValidation("Authorization", ["Bearer " + Token, "Bearer " + Token]);
        (await given.Host.SendAsync(request)).Code.ShouldBe("unauthorized");
    }

    [Fact]
    public async Task The_token_of_a_source_cannot_query()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var response = await given.Host.Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(401);
    }

    private static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    private Task<Answer> SendAsync(string? authorization)
    {
        var request = Webhook.Request(Sample.Event().ToJsonString(), token: null);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        return given.Host.SendAsync(request);
    }
}
