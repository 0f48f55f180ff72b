using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// The text that identifies a person, whatever form a platform takes. It is stored as a keyed digest of the canonical form that
/// <see cref="IdentifierReader"/> produced, together with the reader's version: when a new version changes a form, older aliases are
/// updated by <c>people realias</c>.
/// </summary>
/// <remarks>Each method returns null when nothing usable is left.</remarks>
public static class AliasText
{
    /// <summary>Maximum number of characters of a customer id after trimming.</summary>
    public const int MaxCustomerIdChars = Limits.CustomerIdChars;

    private const string WithPlusPrefix = "e164:";

    /// <summary>Trimmed and composed; case is significant, because it is in most systems that issue ids.</summary>
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

    /// <summary>As below, for a plain or hashed address as it was sent.</summary>
    public static string? Email(string raw, HashedFields hashed = HashedFields.None)
    {
        ArgumentNullException.ThrowIfNull(raw);
        return EmailOf(EmailReader.Read(raw, hashed).Text, hashed);
    }

    /// <summary>As below, for a plain or hashed number as it was sent.</summary>
    public static string? Phone(string raw, string country, HashedFields hashed = HashedFields.None)
    {
        ArgumentNullException.ThrowIfNull(raw);
        return PhoneOf(PhoneReader.Read(raw, country, hashed).Text, hashed);
    }

    /// <summary>
    /// The text of a parsed identifier: for a customer id, the id; for an address, its SHA-256 in lower-case hex; for a phone number, the
    /// SHA-256 of its digits without the plus. It is a digest and not the text, so that a source that sends digests and one that sends
    /// texts name the same person. A sender's digest of a number with its plus cannot be converted into the digest without it, so it is a
    /// separate text, and its person is separate from that of the digits. Null when there is none.
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

    /// <summary>For a stored canonical form.</summary>
    public static string? OfCanonical(IdentifierKind kind, string canonical, HashedFields hashed) =>
        kind == IdentifierKind.Email ? EmailOf(canonical, hashed) : PhoneOf(canonical, hashed);

    private static string? EmailOf(string? canonical, HashedFields hashed) =>
        canonical is null || hashed.HasFlag(HashedFields.EmailSha256) ? canonical : Digest(canonical);

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
