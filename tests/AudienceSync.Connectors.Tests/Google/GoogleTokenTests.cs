using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Connectors.Google;
using AudienceSync.Domain.Syncing;
using static AudienceSync.Connectors.Tests.Google.GoogleAccountOnWire;

namespace AudienceSync.Connectors.Tests.Google;

/// <summary>Contracts/google.md 2.1: how an access token is obtained, cached and renewed.</summary>
public sealed class GoogleTokenTests
{
    private readonly TokenedNetwork _network = new((200, Taken));

    [Fact]
    public async Task A_refresh_token_is_exchanged_once_for_several_calls()
    {
        var account = new GoogleAccountOnWire(_network);
        await account.AddAsync(Cloudy);
        await account.AddAsync(Cloudy);

        var request = _network.TokenRequests.ShouldHaveSingleItem();
        request.Url.ShouldBe(new Uri("https://oauth2.googleapis.com/token"));
        request.ContentType.ShouldBe("application/x-www-form-urlencoded");
        request
            .Body.Split('&')
            .Order()
            .ShouldBe(["client_id=client-1", "client_secret=secret-1", "grant_type=refresh_token", "refresh_token=refresh-1"]);
    }

    [Fact]
    public async Task A_token_is_renewed_a_minute_before_it_expires()
    {
        var account = new GoogleAccountOnWire(_network);
        await account.AddAsync(Cloudy);
        account.Clock.Advance(TimeSpan.FromSeconds(3539));
        await account.AddAsync(Cloudy);
        _network.TokenRequests.Count.ShouldBe(1);

        account.Clock.Advance(TimeSpan.FromSeconds(1));
        await account.AddAsync(Cloudy);

        _network.TokenRequests.Count.ShouldBe(2);
        _network.Sent[^1].Authorization.ShouldBe("Bearer at-2");
    }

    [Fact]
    public async Task Overlapping_calls_wait_for_one_refresh()
    {
        var gate = new TaskCompletionSource();
        _network.TokenGate = gate.Task;
        var account = new GoogleAccountOnWire(_network);
        var calls = Enumerable.Range(0, 8).Select(_ => account.AddAsync(Cloudy)).ToList();
        gate.SetResult();

        (await Task.WhenAll(calls)).ShouldAllBe(result => result.Outcome == Outcome.Done);

        _network.TokenRequests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once_and_the_call_is_repeated()
    {
        var network = new TokenedNetwork((200, Taken), (401, Error(401, "UNAUTHENTICATED")), (200, Taken));
        var account = new GoogleAccountOnWire(network);
        await account.AddAsync(Cloudy);

        var second = await account.AddAsync(Cloudy);

        second.Outcome.ShouldBe(Outcome.Done);
        second.Requests.ShouldBe(2, "the budget counts both");
        network.TokenRequests.Count.ShouldBe(2);
        network.Sent.Select(sent => sent.Authorization).ShouldBe(["Bearer at-1", "Bearer at-1", "Bearer at-2"]);
    }

    [Fact]
    public async Task A_new_token_that_is_also_refused_stops_the_account()
    {
        var network = new TokenedNetwork((401, "<html>"));

        (await new GoogleAccountOnWire(network).AddAsync(Cloudy)).Outcome.ShouldBe(
            new Outcome(OutcomeKind.StopAccount, "google_unauthenticated")
        );

        network.Sent.Count.ShouldBe(2);
        network.TokenRequests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Every_listed_error_of_the_token_endpoint_stops_the_account()
    {
        foreach (var error in GoogleErrors.TokenErrors)
        {
            _network.TokenAnswer = (400, $$"""{"error":"{{error}}","error_description":"refresh-1 ann@example.com"}""");

            (await new GoogleAccountOnWire(_network).AddAsync(Cloudy)).Outcome.ShouldBe(
                new Outcome(OutcomeKind.StopAccount, $"google_token_{error}")
            );
        }

        _network.Sent.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(429, "{}", OutcomeKind.Snooze, "google_token_throttled")]
    [InlineData(500, "{}", OutcomeKind.Retry, "google_token_http_500")]
    [InlineData(503, "<html>", OutcomeKind.Retry, "not_json")]
    [InlineData(400, "{\"error\":\"brand_new\"}", OutcomeKind.Retry, "google_unknown_token_brand_new")]
    [InlineData(200, "{}", OutcomeKind.Retry, "google_unknown_token_200")]
    [InlineData(200, "{\"access_token\":\"a\\r\\nb\"}", OutcomeKind.Retry, "google_unknown_token_200")]
    public async Task Any_other_response_of_the_token_endpoint_has_an_outcome(int status, string body, OutcomeKind kind, string code)
    {
        _network.TokenAnswer = (status, body);

        var outcome = (await new GoogleAccountOnWire(_network).AddAsync(Cloudy)).Outcome;

        outcome.Kind.ShouldBe(kind);
        outcome.Code.ShouldBe(code);
    }

    [Fact]
    public async Task A_service_account_signs_an_assertion_of_its_identity()
    {
        using var key = RSA.Create(2048);
        var file = JsonSerializer.Serialize(
            new
            {
                type = "service_account",
                client_email = "sync@shop.iam.example",
                private_key_id = "key-1",
                private_key = key.ExportPkcs8PrivateKeyPem(),
                token_uri = "https://tokens.example/token",
            }
        );
        var account = new GoogleAccountOnWire(
            _network,
            section =>
                section
                    .With("client_id", null)
                    .With("client_secret", null)
                    .With("refresh_token", null)
                    .With("service_account", new SecretDocument(file))
        );

        (await account.AddAsync(Cloudy)).Outcome.ShouldBe(Outcome.Done);

        var request = _network.TokenRequests.ShouldHaveSingleItem();
        request.Url.ShouldBe(new Uri("https://tokens.example/token"));
        var fields = request.Body.Split('&').ToDictionary(pair => pair.Split('=')[0], pair => Uri.UnescapeDataString(pair.Split('=')[1]));
        fields["grant_type"].ShouldBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
        var parts = fields["assertion"].Split('.');
        key.VerifyData(
                Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
                Base64Url.DecodeFromChars(parts[2]),
                HashAlgorithmName.SHA256,
                RSASignaturePadding.Pkcs1
            )
            .ShouldBeTrue();
        Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])).ShouldBe("""{"alg":"RS256","typ":"JWT","kid":"key-1"}""");
        Encoding
            .UTF8.GetString(Base64Url.DecodeFromChars(parts[1]))
            .ShouldBe(
                """{"iss":"sync@shop.iam.example","scope":"https://www.googleapis.com/auth/datamanager","aud":"https://tokens.example/token","iat":1697328000,"exp":1697331600}"""
            );
    }
}
