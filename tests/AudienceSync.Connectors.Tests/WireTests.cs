using AudienceSync.Connectors.Google;
using AudienceSync.Connectors.Http;
using AudienceSync.Connectors.Meta;
using AudienceSync.Connectors.Tests.Meta;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Tests;

/// <summary>The bytes of a request on a socket, where nothing between the API's interface and the network can hide.</summary>
public sealed class WireTests
{
    private static readonly RemoteAudienceId List = new("5");

    [Fact]
    public async Task A_DELETE_request_without_a_body_has_no_header_of_a_body()
    {
        await using var platform = new RecordingServer("""{"success":true}""");

        (await Meta(platform).DeleteAsync(List, CancellationToken.None)).ShouldBe(Outcome.Done);

        var sent = platform.Requests.ShouldHaveSingleItem();
        sent.Line.ShouldBe("DELETE /v27.0/5 HTTP/1.1");
        sent.Headers.Keys.ShouldNotContain(name => name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase));
        sent.Headers.Keys.ShouldNotContain("Transfer-Encoding");
        sent.Headers["Authorization"].ShouldBe("Bearer ABC");
    }

    [Fact]
    public async Task A_DELETE_request_with_a_body_sends_it()
    {
        await using var platform = new RecordingServer(MetaAccountOnWire.Taken);
        var meta = Meta(platform);
        Member[] members = [new Member(MetaAccountOnWire.Mary, meta.Normalizer)];

        (await meta.SendAsync(new MemberCall(List, MemberOperation.Remove, members), CancellationToken.None)).Outcome.ShouldBe(
            Outcome.Done
        );

        var sent = platform.Requests.ShouldHaveSingleItem();
        sent.Line.ShouldBe("DELETE /v27.0/5/users HTTP/1.1");
        sent.Headers["Content-Type"].ShouldBe("application/json");
        sent.Headers["Content-Length"].ShouldBe($"{sent.Body.Length}");
        sent.Body.ShouldStartWith("""{"payload":{"schema":["EMAIL","PHONE"],"data":[[""");
    }

    [Fact]
    public async Task A_failure_before_the_response_keeps_its_kind()
    {
        var refused = new HttpRequestException(HttpRequestError.ConnectionError, "refused");
        var network = new ScriptedNetwork(_ => throw refused);
        var api = PlatformHttp.CreateApi<IGoogleTokenApi>(PlatformHttp.CreateClient(network, new Uri("https://unused.test/")));
        using var form = new StringContent("grant_type=x");

        (
            await Should.ThrowAsync<HttpRequestException>(() =>
                api.TokenAsync(new Uri("https://tokens.test/token"), form, CancellationToken.None)
            )
        ).ShouldBeSameAs(refused);
        network
            .Sent.ShouldHaveSingleItem()
            .Url.ShouldBe(new Uri("https://tokens.test/token"), "the token service is not below the API's address");
    }

    [Theory]
    [InlineData("display_name = \"a b&c+d\"", "display_name+%3D+%22a+b%26c%2Bd%22")]
    [InlineData("é", "%C3%A9")]
    public void A_query_is_encoded_as_a_form(string text, string encoded) => QueryText.Encode(text).ShouldBe(encoded);

    private static MetaDestination Meta(RecordingServer platform) =>
        new(
            MetaSettings.Parse(Section.Of("1001", ("token", new Secret("ABC")), ("base_url", platform.Address))).Settings!,
            new DestinationDependencies(platform.Network, TimeProvider.System, new Random(1))
        );
}
