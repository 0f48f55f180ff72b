using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain;
using AudienceSync.Host.Privacy.Keys;
using Microsoft.Extensions.Primitives;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Customer.io's signature: lower-case hex of HMAC-SHA-256 over <c>v0:timestamp:raw body</c> (contracts/customerio.md 2.3). Compared in
/// constant time, over the bytes as received.
/// <para>
/// <b>Replays.</b> Headers are not signed. An event with its id in the body is recognized as a duplicate by that id; a request whose ids
/// come from headers is remembered by its signature (<see cref="RequestSignature"/>), for as long as the timestamp is accepted: at most
/// <see cref="Source.SignatureMaxAge"/>, because retries and a person's <i>Resend</i> run for days and it is not documented whether they
/// are signed again.
/// </para>
/// </summary>
public static class SignatureCheck
{
    public const string SignatureHeader = "X-CIO-Signature";
    public const string TimestampHeader = "X-CIO-Timestamp";

    private const int TimestampChars = 20;

    /// <summary>From this value on (the year 5138) a number is in milliseconds, microseconds or nanoseconds.</summary>
    private const ulong MaxUnixSeconds = 100_000_000_000;

    /// <param name="source">The source whose keys are used.</param>
    /// <param name="signature">The header.</param>
    /// <param name="timestamp">The header.</param>
    /// <param name="body">The body as received.</param>
    /// <param name="now">The time against which the age of the timestamp is checked.</param>
    /// <param name="signed">The signature, when it is present, valid, and has a timestamp under which it can be remembered.</param>
    /// <returns>Null when the request may pass.</returns>
    public static IngestProblem? Refusal(
        Source source,
        StringValues signature,
        StringValues timestamp,
        ReadOnlySpan<byte> body,
        DateTimeOffset now,
        out SignedAt? signed
    )
    {
        signed = null;
        if (source.Signature == SignatureMode.Off || (signature.Count == 0 && source.Signature == SignatureMode.IfPresent))
        {
            return null;
        }

        if (signature.Count != 1 || timestamp.Count != 1 || timestamp[0] is not { Length: > 0 } at)
        {
            return IngestProblem.SignatureMissing;
        }

        var isTime = TryRead(at, out var seconds);
        if (at.Length > TimestampChars || (!isTime && source.SignatureMaxAge is not null))
        {
            return IngestProblem.InvalidSignatureTimestamp;
        }

        if (!Matches(source.SigningKeys, signature[0]!, at, body))
        {
            return IngestProblem.SignatureWrong;
        }

        var age = (decimal)now.ToUnixTimeSeconds() - seconds;
        if (isTime && age >= -(decimal)Limits.Ahead.TotalSeconds && age <= (decimal)RequestSignature.MaxAge.TotalSeconds)
        {
            signed = new SignedAt(DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds((long)seconds).UtcDateTime), signature[0]!);
        }

        return source.SignatureMaxAge is { } maxAge ? AgeProblem(age, maxAge) : null;
    }

    private static IngestProblem? AgeProblem(decimal age_s, TimeSpan maxAge)
    {
        if (age_s > (decimal)maxAge.TotalSeconds)
        {
            return IngestProblem.SignatureExpired;
        }

        return age_s < -(decimal)Limits.Ahead.TotalSeconds ? IngestProblem.SignatureInFuture : null;
    }

    // Digits only: so no other split of the signed bytes into timestamp and body has the same signature.
    private static bool TryRead(string timestamp, out ulong seconds)
    {
        if (!ulong.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out seconds))
        {
            return false;
        }

        while (seconds >= MaxUnixSeconds)
        {
            seconds /= 1000;
        }

        return true;
    }

    /// <summary>Whether a signature matches under a key of the source, whatever its age.</summary>
    /// <param name="source">The source whose keys are used.</param>
    /// <param name="signature">The header.</param>
    /// <param name="timestamp">The header.</param>
    /// <param name="body">The body as received.</param>
    public static bool Matches(Source source, StringValues signature, StringValues timestamp, ReadOnlySpan<byte> body) =>
        signature.Count == 1
        && timestamp.Count == 1
        && timestamp[0] is { Length: > 0 and <= TimestampChars } at
        && Matches(source.SigningKeys, signature[0] ?? "", at, body);

    private static bool Matches(IReadOnlyList<KeyedHash> keys, string signature, string timestamp, ReadOnlySpan<byte> body)
    {
        Span<byte> claimed = stackalloc byte[KeyedHash.Bytes];
        if (
            signature.Length != claimed.Length * 2
            || signature.AsSpan().ContainsAnyInRange('A', 'F')
            || Convert.FromHexString(signature, claimed, out _, out _) != OperationStatus.Done
        )
        {
            return false;
        }

        Span<byte> head = stackalloc byte[3 + (TimestampChars * 3) + 1];
        "v0:"u8.CopyTo(head);
        var length = 3 + Encoding.UTF8.GetBytes(timestamp, head[3..]);
        head[length++] = (byte)':';
        var matches = false;
        Span<byte> expected = stackalloc byte[KeyedHash.Bytes];
        foreach (var key in keys)
        {
            key.Compute(head[..length], body, expected);
            matches |= CryptographicOperations.FixedTimeEquals(expected, claimed);
        }

        return matches;
    }
}
