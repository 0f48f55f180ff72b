using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using AudienceSync.Host.Privacy;
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

    private static bool Fits(IReadOnlyList<KeyedHash> keys, string signature, string timestamp, ReadOnlySpan<byte> body)
    {
        Span<byte> claimed = stackalloc byte[KeyedHash.Bytes];
        if (signature.Length != claimed.Length * 2
            || signature.AsSpan().ContainsAnyInRange('A', 'F')
            || Convert.FromHexString(signature, claimed, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        Span<byte> head = stackalloc byte[3 + (TimestampChars * 3) + 1];
        "v0:"u8.CopyTo(head);
        var length = 3 + Encoding.UTF8.GetBytes(timestamp, head[3..]);
        head[length++] = (byte)':';
        var fits = false;
        Span<byte> expected = stackalloc byte[KeyedHash.Bytes];
        foreach (var key in keys)
        {
            key.Compute(head[..length], body, expected);
            fits |= CryptographicOperations.FixedTimeEquals(expected, claimed);
        }

        return fits;
    }
}
