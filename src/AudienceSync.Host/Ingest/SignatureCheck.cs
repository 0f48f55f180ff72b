using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Customer.io's signature: lower hex of HMAC-SHA-256 over <c>v0:timestamp:raw body</c> (contracts/customerio.md 2.3). Compared in constant
/// time, over the bytes as they came. The age of the timestamp is not judged: retries run for days and it is not documented that they are
/// signed anew; a replay is a duplicate.
/// </summary>
public static class SignatureCheck
{
    public const string SignatureHeader = "X-CIO-Signature";
    public const string TimestampHeader = "X-CIO-Timestamp";

    private const int TimestampChars = 20;

    /// <summary>Null when the request may pass.</summary>
    public static IngestProblem? Refusal(Source source, StringValues signature, StringValues timestamp, ReadOnlySpan<byte> body)
    {
        if (source.Signature == SignatureMode.Off)
        {
            return null;
        }

        if (signature.Count == 0 && source.Signature == SignatureMode.IfPresent)
        {
            return null;
        }

        if (signature.Count != 1 || timestamp.Count != 1 || timestamp[0] is not { Length: > 0 and <= TimestampChars } at)
        {
            return IngestProblem.SignatureMissing;
        }

        return Fits(source.SigningKeys, signature[0]!, at, body) ? null : IngestProblem.SignatureWrong;
    }

    private static bool Fits(IReadOnlyList<byte[]> keys, string signature, string timestamp, ReadOnlySpan<byte> body)
    {
        Span<byte> claimed = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (signature.Length != claimed.Length * 2
            || signature.AsSpan().ContainsAnyInRange('A', 'F')
            || Convert.FromHexString(signature, claimed, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        var message = ArrayPool<byte>.Shared.Rent(3 + (TimestampChars * 3) + 1 + body.Length);
        "v0:"u8.CopyTo(message);
        var length = 3 + Encoding.UTF8.GetBytes(timestamp, message.AsSpan(3));
        message[length++] = (byte)':';
        body.CopyTo(message.AsSpan(length));
        length += body.Length;
        var fits = false;
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var key in keys)
        {
            HMACSHA256.HashData(key, message.AsSpan(0, length), expected);
            fits |= CryptographicOperations.FixedTimeEquals(expected, claimed);
        }

        ArrayPool<byte>.Shared.Return(message, clearArray: true);
        return fits;
    }
}
