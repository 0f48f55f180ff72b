using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// The text by which a person is recognized, whatever form a platform takes. It is stored as a keyed digest of the canonical form that
/// <see cref="IdentifierReader"/> made, together with the reader's version: a new version that changes a form leaves older aliases to
/// <c>people realias</c>.
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

    /// <summary>As below, of a plain or hashed address as it was sent.</summary>
    public static string? Email(string raw, HashedFields hashed = HashedFields.None)
    {
        ArgumentNullException.ThrowIfNull(raw);
        return EmailOf(EmailReader.Read(raw, hashed).Text, hashed);
    }

    /// <summary>As below, of a plain or hashed number as it was sent.</summary>
    public static string? Phone(string raw, string country, HashedFields hashed = HashedFields.None)
    {
        ArgumentNullException.ThrowIfNull(raw);
        return PhoneOf(PhoneReader.Read(raw, country, hashed).Text, hashed);
    }

    /// <summary>
    /// Of what was read: the id; the SHA-256 in lower-case hex of the address; that of the number's digits without its plus. A digest and not the
    /// text, so that a source that sends digests and one that sends texts name the same person. A sender's digest of a number with its plus tells
    /// nothing of the digest without, so it is a text of its own, and its person another than the digits'. Null when there is none.
    /// </summary>
    public static string? Of(PersonIdentifiers person, IdentifierKind kind)
    {
        ArgumentNullException.ThrowIfNull(person);
        return kind switch
        {
            IdentifierKind.CustomerId => person.CustomerId is { } id ? CustomerId(id) : null,
            IdentifierKind.Email => EmailOf(person.CanonicalEmail, person.Hashed),
            IdentifierKind.Phone => PhoneOf(person.CanonicalPhone, person.Hashed),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind."),
        };
    }

    /// <summary>Of a canonical form that is stored.</summary>
    public static string? OfCanonical(IdentifierKind kind, string canonical, HashedFields hashed)
        => kind == IdentifierKind.Email ? EmailOf(canonical, hashed) : PhoneOf(canonical, hashed);

    private static string? EmailOf(string? canonical, HashedFields hashed)
        => canonical is null || hashed.HasFlag(HashedFields.EmailSha256) ? canonical : Digest(canonical);

    private static string? PhoneOf(string? canonical, HashedFields hashed)
    {
        if (canonical is null)
        {
            return null;
        }

        return hashed.HasFlag(HashedFields.PhoneSha256E164) ? WithPlusPrefix + canonical
            : hashed.HasFlag(HashedFields.PhoneSha256Digits) ? canonical
            : Digest(canonical.AsSpan().TrimStart('+'));
    }

    private static string Digest(ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[EmailText.MaxChars * 3];
        return Convert.ToHexStringLower(SHA256.HashData(utf8[..Encoding.UTF8.GetBytes(text, utf8)]));
    }
}
