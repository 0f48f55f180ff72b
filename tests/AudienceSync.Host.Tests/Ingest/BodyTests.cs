using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AudienceSync.Domain;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Tests.Requests;
using AudienceSync.Host.Tests.Serving;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Sizes and media types, over real connections: the in-memory server handles bodies differently from Kestrel.</summary>
public sealed class BodyTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(IngestHost.Options with { RealPort = true });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_may_be_as_large_as_the_limit_and_no_larger(bool chunked)
    {
        (await _host.SendAsync(Sized(Limits.BodyBytes, chunked))).Status.ShouldBe(200);
        var answer = await _host.SendAsync(Sized(Limits.BodyBytes + 1, chunked));
        answer.Status.ShouldBe(413);
        answer.Code.ShouldBe("body_too_large");
        (await _host.PostAsync(Sample.Event())).Status.ShouldBe(200, "the next request on the connection is read as usual");
    }

    [Fact]
    public async Task A_body_announced_as_too_large_is_refused_unread()
    {
        var answer = await RawRequest.SendAsync(_host, $"Content-Length: {Limits.BodyBytes + 1}\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 413 ");
        answer.ShouldContain("\"code\":\"body_too_large\"");
    }

    [Fact]
    public async Task A_sender_without_a_token_is_refused_before_their_body_is_read()
    {
        // The body is never sent: a client that is still sending when the answer comes may see a broken connection instead.
        using var connection = await RawConnection.OpenAsync(_host);
        var head =
            $"POST {WebhookEndpoint.Path} HTTP/1.1\r\nHost: {_host.Http.BaseAddress!.Authority}\r\nAuthorization: Bearer wrong\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {Limits.BodyBytes + 1}\r\n\r\n";
        (await connection.TrySendAsync(head)).ShouldBeTrue();
        (await connection.ReadAsync()).ShouldStartWith("HTTP/1.1 401 ");
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json;charset=UTF-8")]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("Application/JSON")]
    [InlineData("application/json; charset=utf8")]
    [InlineData("application/json; charset=utf-8; boundary=x")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("application/json;")]
    [InlineData("application/vnd.shop+json; version=2")]
    [InlineData("text/json")]
    [InlineData("text/plain")]
    [InlineData("text/plain; charset=us-ascii")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Json_in_utf8_is_accepted_with_any_of_these_media_types(string? type)
    {
        using var request = Webhook.Signed(Sample.Event().ToJsonString());
        request.Content!.Headers.Remove("Content-Type");
        if (type is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type).ShouldBeTrue();
        }

        (await _host.SendAsync(request)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task A_method_without_a_body_is_answered_405(string method)
    {
        using var request = Webhook.Signed(Sample.Event().ToJsonString());
        request.Method = new HttpMethod(method);
        request.Content = null;
        (await _host.SendAsync(request)).Status.ShouldBe(405);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task A_body_means_the_same_with_any_method(string method)
    {
        var body = Sample.Event().ToJsonString();
        using var request = Webhook.Signed(body);
        request.Method = new HttpMethod(method);
        var answer = await _host.SendAsync(request);
        answer.Status.ShouldBe(200, answer.Text);
        (await _host.PostAsync(body)).Text.ShouldBe(answer.Text);
    }

    private static HttpRequestMessage Sized(int bytes, bool chunked)
    {
        var body = Encoding.UTF8.GetBytes(Sample.Event().ToJsonString().PadRight(bytes));
        body.Length.ShouldBe(bytes);
        var request = Webhook.Signed(body);
        if (chunked)
        {
            request.Content = new UnknownLength(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.TransferEncodingChunked = true;
        }

        return request;
    }

    private sealed class UnknownLength(byte[] body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(body).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
