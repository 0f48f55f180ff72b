using System.Security.Cryptography;
using AudienceSync.Sandbox.Google;

namespace AudienceSync.Sandbox.Tests.Google;

public sealed class Tokens
{
    private const string Issuer = "robot@project.example";
    private const string Scope = "https://www.googleapis.com/auth/datamanager";
    private const long Start = 1_697_328_000;

    [Fact]
    public async Task A_refresh_token_gives_an_access_token_that_expires()
    {
        await using var sandbox = await GoogleSandbox.StartAsync();
        var response = await sandbox.TokenAsync();
        response.Json.GetProperty("expires_in").GetInt32().ShouldBe(3_600);
        response.Json.GetProperty("token_type").GetString().ShouldBe("Bearer");
        response.Json.GetProperty("scope").GetString().ShouldBe(Scope);
        sandbox.Clock.Advance(TimeSpan.FromSeconds(3_599));
        (await sandbox.IngestAsync(GoogleSandbox.Email("a"))).Status.ShouldBe(200);
        sandbox.Clock.Advance(TimeSpan.FromSeconds(1));
        var expired = await sandbox.IngestAsync(GoogleSandbox.Email("a"));
        (expired.Status, expired.Status()).ShouldBe((401, "UNAUTHENTICATED"));
    }

    [Theory]
    [InlineData("revoked", "sandbox-secret", 400, "invalid_grant")]
    [InlineData("refresh-1", "wrong", 401, "invalid_client")]
    [InlineData("", "sandbox-secret", 400, "invalid_request")]
    public async Task A_failed_refresh_returns_the_oauth_error(string token, string secret, int status, string error)
    {
        await using var sandbox = await GoogleSandbox.StartAsync();
        var response = await sandbox.TokenAsync(token, secret);
        response.Status.ShouldBe(status);
        response.Json.GetProperty("error").GetString().ShouldBe(error);
    }

    [Theory]
    [InlineData(Issuer, Scope, "https://oauth2.googleapis.com/token", 0, 3_600, "RS256", null)]
    [InlineData(Issuer, Scope, "http://localhost/token", -100, 3_500, "RS256", null)]
    [InlineData("nobody@project.example", Scope, "https://oauth2.googleapis.com/token", 0, 3_600, "RS256", "invalid_grant")]
    [InlineData(Issuer, Scope, "https://elsewhere.example/token", 0, 3_600, "RS256", "invalid_grant")]
    [InlineData(Issuer, Scope, "https://oauth2.googleapis.com/token", 0, 3_601, "RS256", "invalid_grant")]
    [InlineData(Issuer, Scope, "https://oauth2.googleapis.com/token", -3_600, 0, "RS256", "invalid_grant")]
    [InlineData(Issuer, Scope, "https://oauth2.googleapis.com/token", 0, 3_600, "HS256", "invalid_grant")]
    [InlineData(
        Issuer,
        "https://www.googleapis.com/auth/adwords",
        "https://oauth2.googleapis.com/token",
        0,
        3_600,
        "RS256",
        "invalid_scope"
    )]
    public async Task A_service_account_signs_for_its_token(
        string iss,
        string scope,
        string aud,
        int from,
        int to,
        string algorithm,
        string? error
    )
    {
        using var key = RSA.Create(2_048);
        await using var sandbox = await GoogleSandbox.StartAsync(
            new GoogleSettings { ServiceAccount = Issuer, ServiceAccountKey = key.ExportSubjectPublicKeyInfoPem() }
        );
        var response = await AssertAsync(
            sandbox,
            GoogleSandbox.Jwt(
                key,
                new
                {
                    iss,
                    scope,
                    aud,
                    iat = Start + from,
                    exp = Start + to,
                },
                algorithm
            )
        );
        if (error is not null)
        {
            response.Json.GetProperty("error").GetString().ShouldBe(error);
            return;
        }

        sandbox.Token = response.Json.GetProperty("access_token").GetString()!;
        (await sandbox.IngestAsync(GoogleSandbox.Email("a"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_invalid_assertion_or_one_signed_with_another_key_is_refused()
    {
        using var key = RSA.Create(2_048);
        using var other = RSA.Create(2_048);
        await using var sandbox = await GoogleSandbox.StartAsync(
            new GoogleSettings { ServiceAccount = Issuer, ServiceAccountKey = key.ExportSubjectPublicKeyInfoPem() }
        );
        var claims = new
        {
            iss = Issuer,
            scope = Scope,
            aud = "https://oauth2.googleapis.com/token",
            iat = Start,
            exp = Start + 60,
        };
        (await AssertAsync(sandbox, GoogleSandbox.Jwt(other, claims))).Json.GetProperty("error").GetString().ShouldBe("invalid_grant");
        (await AssertAsync(sandbox, "a.b")).Json.GetProperty("error").GetString().ShouldBe("invalid_grant");
        var unknown = await sandbox.TokenAsync(new Dictionary<string, string> { ["grant_type"] = "password" });
        unknown.Json.GetProperty("error").GetString().ShouldBe("unsupported_grant_type");
    }

    [Fact]
    public async Task A_scripted_expiry_revokes_the_access_token_and_at_the_token_address_the_grant()
    {
        await using var sandbox = await GoogleSandbox.StartAsync();
        await sandbox.FaultAsync(new { kind = "token_expired", count = 1 });
        (await sandbox.IngestAsync(GoogleSandbox.Email("a"))).Status.ShouldBe(401);
        (await sandbox.IngestAsync(GoogleSandbox.Email("a"))).Status.ShouldBe(401, "the token itself was revoked");
        await sandbox.FaultAsync(
            new
            {
                kind = "token_expired",
                operation = "token",
                count = 1,
            }
        );
        (await sandbox.TokenAsync()).Json.GetProperty("error").GetString().ShouldBe("invalid_grant");
        sandbox.Token = (await sandbox.TokenAsync()).Json.GetProperty("access_token").GetString()!;
        (await sandbox.IngestAsync(GoogleSandbox.Email("a"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_call_log_contains_no_token()
    {
        await using var sandbox = await GoogleSandbox.StartAsync();
        await sandbox.IngestAsync(GoogleSandbox.Email("a"));
        var calls = (await sandbox.GetAsync("/admin/calls")).Text;
        calls.ShouldNotContain(sandbox.Token);
        calls.ShouldNotContain("refresh-1");
    }

    private static Task<Response> AssertAsync(GoogleSandbox sandbox, string assertion) =>
        sandbox.TokenAsync(
            new Dictionary<string, string> { ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer", ["assertion"] = assertion }
        );
}
