using System.Buffers;
using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AudienceSync.Bench.SignatureOnly;

/// <summary>
/// The minimum cost of a signed webhook over HTTP: Kestrel reads the body, the HMAC is checked, 200 is returned. Nothing is parsed and
/// nothing stored. Measured in the same run, it shows how much of ingest is our own work.
/// </summary>
internal static class SignatureServer
{
    private static readonly byte[] Answer = """{"status":"accepted","receipt_id":"00000000-0000-0000-0000-000000000000"}"""u8.ToArray();

    public static Command Build()
    {
        var port = new Option<int>("--port") { Required = true };
        var key = new Option<FileInfo>("--key-file") { Required = true };
        var command = new Command("signature-server", "The signature-only endpoint; started by the benches") { port, key };
        command.Hidden = true;
        command.SetAction(
            async (parsed, cancel) =>
            {
                byte[] signingKey = await File.ReadAllBytesAsync(parsed.GetRequiredValue(key).FullName, cancel);
                await ServeAsync(parsed.GetRequiredValue(port), signingKey, cancel);
            }
        );
        return command;
    }

    private static async Task ServeAsync(int port, byte[] key, CancellationToken cancel)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using WebApplication app = builder.Build();
        app.MapGet("/health/ready", () => Results.Ok());
        app.MapPost("/v1/webhooks/audience", context => CheckAsync(context, key));
        await app.StartAsync(cancel);
        await app.WaitForShutdownAsync(cancel);
    }

    private static async Task CheckAsync(HttpContext context, byte[] key)
    {
        byte[] signed = ArrayPool<byte>.Shared.Rent(4096);
        int length = Encoding.ASCII.GetBytes($"v0:{context.Request.Headers["X-CIO-Timestamp"]}:", signed);
        for (int read = -1; read != 0 && length < signed.Length; length += read)
        {
            read = await context.Request.Body.ReadAsync(signed.AsMemory(length), context.RequestAborted);
        }

        bool valid = IsValid(context.Request.Headers["X-CIO-Signature"].ToString(), key, signed.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(signed);
        context.Response.StatusCode = valid ? 200 : 401;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = valid ? Answer.Length : 0;
        if (valid)
        {
            await context.Response.BodyWriter.WriteAsync(Answer, context.RequestAborted);
        }
    }

    private static bool IsValid(string signature, byte[] key, ReadOnlySpan<byte> signed)
    {
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed, expected);
        return Convert.FromHexString(signature, given, out _, out int written) == OperationStatus.Done
            && written == given.Length
            && CryptographicOperations.FixedTimeEquals(expected, given);
    }
}
