using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AudienceSync.Bench.Sync;

/// <summary>
/// The minimum cost of the same members: SHA-256 and JSON of their identifiers, once for each platform, on one core and from memory.
/// </summary>
internal static class BareWriting
{
    private const int MaxPeople = 100_000;

    /// <summary>Member operations per second.</summary>
    public static double PerSecond(int members, int platforms, CancellationToken cancel)
    {
        var texts = Enumerable
            .Range(0, Math.Min(members, MaxPeople))
            .Select(n => BenchPeople.Of(n))
            .Select(person => (Email: Bytes(person.Email), Phone: Bytes(person.Phone)))
            .ToArray();
        var into = new ArrayBufferWriter<byte>(4_000_000);
        using var json = new Utf8JsonWriter(into, new JsonWriterOptions { SkipValidation = true });
        long started = Stopwatch.GetTimestamp();
        long operations = 0;
        while (operations < (long)members * platforms)
        {
            cancel.ThrowIfCancellationRequested();
            foreach ((byte[]? email, byte[]? phone) in texts)
            {
                if (operations++ % PlatformServer.MembersPerCall == 0)
                {
                    json.Reset();
                    into.ResetWrittenCount();
                    json.WriteStartArray();
                }

                json.WriteStartArray();
                Write(json, email);
                Write(json, phone);
                json.WriteEndArray();
            }
        }

        return operations / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static byte[]? Bytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    private static void Write(Utf8JsonWriter json, byte[]? text)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> hex = stackalloc byte[2 * SHA256.HashSizeInBytes];
        if (text is null)
        {
            json.WriteStringValue(""u8);
            return;
        }

        SHA256.HashData(text, digest);
        Convert.TryToHexStringLower(digest, hex, out _);
        json.WriteStringValue(hex);
    }
}
