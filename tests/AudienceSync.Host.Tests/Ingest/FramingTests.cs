using AudienceSync.Host.Tests.Serving;
using Xunit.Abstractions;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>Framing that is invalid or ambiguous is a broken request with a code, and never a server error.</summary>
public sealed class FramingTests(ITestOutputHelper output) : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync(IngestHost.Options with { RealPort = true });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("7fffffffffffffff")]
    [InlineData("7FFFFFFFFFFFFFFE")]
    [InlineData("8000000000000000")]
    [InlineData("ffffffffffffffff")]
    [InlineData("fffffffffffffffff")]
    [InlineData("-1")]
    [InlineData("0x10")]
    [InlineData("g")]
    [InlineData(" 5")]
    public async Task An_invalid_chunk_size_is_a_broken_request(string size)
    {
        await ShouldBeBrokenAsync("Transfer-Encoding: chunked\r\n\r\n" + size + "\r\n{\"a\":1}\r\n0\r\n\r\n");
        await ShouldBeBrokenAsync("Transfer-Encoding: chunked\r\n\r\n2\r\n{ \r\n" + size + "\r\n}\r\n0\r\n\r\n");
    }

    [Theory]
    [InlineData("Transfer-Encoding: gzip, chunked\r\n")]
    [InlineData("Transfer-Encoding: identity, chunked\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 7\r\n")]
    [InlineData("Content-Length: 7\r\nTransfer-Encoding: chunked\r\n")]
    public async Task A_body_framed_in_two_ways_is_a_broken_request(string headers) =>
        await ShouldBeBrokenAsync(headers + "\r\n7\r\n{\"a\":1}\r\n0\r\n\r\n");

    [Fact]
    public async Task Valid_chunks_are_read()
    {
        var answer = await RawRequest.SendAsync(_host, "Transfer-Encoding: Chunked\r\n\r\n2;name=value\r\n[]\r\n0\r\n\r\n");
        answer.ShouldContain("\"code\":\"no_events\"");
    }

    /// <summary>Any chunk framing is answered normally or as a broken request.</summary>
    [Fact]
    public async Task No_chunk_framing_is_answered_with_a_500()
    {
        var random = Seeded.Random(output);
        for (var round = 0; round < 60; round++)
        {
            // Sixteen digits or more exceed any body; for fewer the server would wait, unless one of them is not a digit.
            var size = string.Concat(Enumerable.Range(0, random.Next(17, 24)).Select(_ => "123456789abcdefABCDEF7f"[random.Next(23)]));
            size = random.Next(2) == 0 ? size : size[..random.Next(1, 6)] + "ghxyz -+."[random.Next(9)];
            var answer = await RawRequest.SendAsync(_host, $"Transfer-Encoding: chunked\r\n\r\n{size}\r\n{{\"a\":1}}\r\n0\r\n\r\n");
            answer.ShouldStartWith("HTTP/1.1 4", customMessage: $"size {size}: {answer}");
        }
    }

    private async Task ShouldBeBrokenAsync(string rest)
    {
        var answer = await RawRequest.SendAsync(_host, rest);
        answer.ShouldStartWith("HTTP/1.1 400 ", customMessage: answer);
        answer.ShouldContain("\"code\":\"broken_request\"");
        (await _host.ScalarAsync<long>("select count(*) from quarantine")).ShouldBe(0);
    }
}
