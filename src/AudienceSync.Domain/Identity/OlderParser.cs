using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// The canonical forms before <see cref="IdentifierReader"/> had versions. Frozen: revisions that were delivered under it are removed by
/// it, and aliases made by it are found and re-keyed by it.
/// </summary>
public static class OlderParser
{
    /// <summary>How sealed rows without canonical forms were read.</summary>
    public static PersonIdentifiers Read(PersonIdentifiers sealedTexts)
    {
        ArgumentNullException.ThrowIfNull(sealedTexts);
        return sealedTexts with
        {
            CanonicalEmail = sealedTexts.Email is { } email ? Email(email, sealedTexts.Hashed) : null,
            CanonicalPhone = sealedTexts.Phone is { } phone ? Phone(phone, sealedTexts.Country, sealedTexts.Hashed) : null,
            Parser = IdentifierReader.OlderParserVersion,
        };
    }

    /// <summary>The canonical form of a claim; null when it had none.</summary>
    public static string? Canonical(IdentifierKind kind, string text, string country, HashedFields hashed) =>
        kind == IdentifierKind.Email ? Email(text, hashed) : Phone(text, country, hashed);

    private static string? Email(string raw, HashedFields hashed) =>
        hashed.HasFlag(HashedFields.EmailSha256) ? EmailReader.Passed(raw).Text : EmailText.Normalize(raw);

    private static string? Phone(string raw, string country, HashedFields hashed)
    {
        if ((hashed & (HashedFields.PhoneSha256Digits | HashedFields.PhoneSha256E164)) != HashedFields.None)
        {
            return EmailReader.Passed(raw).Text;
        }

        return !DigestText.Is(raw.AsSpan().Trim()) && OlderPhoneNumber.Normalize(raw, country) is { } digits ? "+" + digits : null;
    }
}
