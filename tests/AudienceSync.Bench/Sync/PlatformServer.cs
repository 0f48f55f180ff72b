using System.Buffers;
using System.Globalization;
using AudienceSync.Bench.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AudienceSync.Bench.Sync;

/// <summary>
/// Three platforms that read whole bodies over HTTP, count the digests in them, and return success. They keep nothing: the cost of a
/// sandbox that stores six million digests on the same cores would be part of the measurement.
/// </summary>
internal sealed class PlatformServer : IAsyncDisposable
{
    public const int MembersPerCall = 10_000;

    private const int DigestChars = 64;

    private readonly TimeProvider _clock;
    private readonly WebApplication _app;
    private int _requests;

    private PlatformServer(TimeProvider clock)
    {
        _clock = clock;
        Address = new Uri($"http://127.0.0.1:{FreePort.Take().ToString(CultureInfo.InvariantCulture)}");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address.ToString());
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Uri Address { get; }

    public PlatformTraffic[] Traffic { get; } = [new("meta"), new("google"), new("tiktok")];

    /// <summary>How long each response takes.</summary>
    public TimeSpan AnswerTime { get; set; } = TimeSpan.Zero;

    /// <summary>Called for each digest of a removal when its response is sent: platform and digest.</summary>
    public Action<int, string>? Removed { get; set; }

    public static async Task<PlatformServer> StartAsync(TimeProvider clock, CancellationToken cancel)
    {
        var server = new PlatformServer(clock);
        await server._app.StartAsync(cancel);
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        byte[] body = ArrayPool<byte>.Shared.Rent((int)(context.Request.ContentLength ?? 0) + 1);
        int length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (AnswerTime > TimeSpan.Zero)
        {
            await Task.Delay(AnswerTime, _clock, context.RequestAborted);
        }

        string answer = Answer(path, context.Request.Method, body.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(body);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer, context.RequestAborted);
    }

    private string Answer(string path, string method, ReadOnlySpan<byte> body)
    {
        int number = Interlocked.Increment(ref _requests);
        if (path.EndsWith("/users", StringComparison.Ordinal))
        {
            Count(0, method == "DELETE", body);
            return """{"audience_id":"238500000000001","session_id":"1","num_received":1,"num_invalid_entries":0,"invalid_entry_samples":{}}""";
        }

        if (path.Contains("/audienceMembers:", StringComparison.Ordinal))
        {
            Count(1, path.EndsWith(":remove", StringComparison.Ordinal), body);
            return string.Create(CultureInfo.InvariantCulture, $$"""{"requestId":"r{{number}}"}""");
        }

        if (path.Contains("/segment/mapping", StringComparison.Ordinal))
        {
            Count(2, body[..Math.Min(body.Length, 200)].IndexOf("\"delete\""u8) >= 0, body);
            return string.Create(CultureInfo.InvariantCulture, $$"""{"data":{},"code":0,"message":"OK","request_id":"{{number}}"}""");
        }

        return path switch
        {
            "/token" => """{"access_token":"bench","expires_in":3600,"token_type":"Bearer"}""",
            _ when path.EndsWith("/requestStatus:retrieve", StringComparison.Ordinal) =>
                """{"requestStatusPerDestination":[{"requestStatus":"SUCCESS"}]}""",
            _ => "{}",
        };
    }

    // A digest is 64 characters between two quotes; nothing else in these bodies is.
    private void Count(int platform, bool removal, ReadOnlySpan<byte> body)
    {
        long digests = 0;
        long bytes = body.Length;
        for (int quote = body.IndexOf((byte)'"'); quote >= 0; quote = body.IndexOf((byte)'"'))
        {
            body = body[(quote + 1)..];
            if (body.Length > DigestChars && body[DigestChars] == '"' && !body[..DigestChars].ContainsAnyExcept("0123456789abcdef"u8))
            {
                digests++;
                if (removal)
                {
                    Removed?.Invoke(platform, System.Text.Encoding.ASCII.GetString(body[..DigestChars]));
                }

                body = body[(DigestChars + 1)..];
            }
        }

        Traffic[platform].Add(removal, digests, bytes);
    }
}
