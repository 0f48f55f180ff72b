using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Normalising;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// The canonical text by which a person is recognised, whatever a platform wants to hear. It is stored as a keyed digest, so changing a
/// rule here would make everybody a stranger: these rules have no versions and do not change.
/// </summary>
/// <remarks>Each method returns null when nothing usable is left.</remarks>
public static class AliasText
{
    /// <summary>Characters of a customer id at most, after trimming.</summary>
    public const int MaxCustomerIdChars = Limits.CustomerIdChars;

    private const string WithPlusPrefix = "e164:";

    /// <summary>Trimmed and composed; case counts, because it does in most systems that hand out ids.</summary>
    public static string? CustomerId(string raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        var text = raw.Trim();
        if (text.Length is 0 or > MaxCustomerIdChars || !PlainText.IsWellFormed(text))
        {
            return null;
        }

        text = Composition.Compose(text);
        return text.Length <= MaxCustomerIdChars ? text : null;
    }

    /// <summary>
    /// The SHA-256 in lower-case hex of the address trimmed, in lower case and composed (see <see cref="EmailText"/>). A digest and not
    /// the address, so that a source that sends digests and one that sends addresses name the same person.
    /// </summary>
    public static string? Email(string raw, HashedFields hashed = HashedFields.None)
    {
        if (hashed.HasFlag(HashedFields.EmailSha256))
        {
            return Passed(raw);
        }

        return EmailText.Normalise(raw) is { } address ? Digest(address) : null;
    }

    /// <summary>
    /// The SHA-256 in lower-case hex of the digits with the calling code (see <see cref="PhoneNumber"/>). A sender's digest of a number
    /// with its plus says nothing of the digest without, so it is a text of its own, and its person another than the digits'.
    /// </summary>
    public static string? Phone(string raw, string country, HashedFields hashed = HashedFields.None)
    {
        ArgumentNullException.ThrowIfNull(raw);
        if (hashed.HasFlag(HashedFields.PhoneSha256E164))
        {
            return Passed(raw) is { } digest ? WithPlusPrefix + digest : null;
        }

        if (hashed.HasFlag(HashedFields.PhoneSha256Digits))
        {
            return Passed(raw);
        }

        Span<char> digits = stackalloc char[PhoneNumber.MaxDigits];
        return !DigestText.Is(raw.AsSpan().Trim()) && PhoneNumber.TryWrite(raw, country, digits, out var length) ? Digest(digits[..length]) : null;
    }

    private static string? Passed(string raw)
    {
        ArgumentNullException.ThrowIfNull(raw);
        Span<char> digest = stackalloc char[Sha256Hex.Length];
        return DigestText.Write(raw, digest).IsEmpty ? null : new string(digest);
    }

    private static string Digest(ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[EmailText.MaxChars * 3];
        return Convert.ToHexStringLower(SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(text, utf8)]));
    }
}
