using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.People;

/// <summary>Which of the identifiers are digests, in the format of a source's configuration.</summary>
public sealed record NamedHashes(string? Email, string? Phone);

/// <summary>
/// The person an operator's request is about, by any number of identifiers, plain or hashed as a source would send them. Several
/// identifiers name one person several times; the caller must check whether that is so.
/// </summary>
public sealed record NamedPerson(string? CustomerId, string? Email, string? Phone, string? Country, NamedHashes? Hashed)
{
    /// <summary>Other aliases under which the same number may be known: a hash from a source that hashes its phones.</summary>
    public IEnumerable<Alias> OtherForms(PersonIdentifiers identifiers, AliasDigester digester) =>
        Hashed?.Phone is null && identifiers.CanonicalPhone is { } phone ? OtherForms(phone, digester) : [];

    /// <summary>As above, for a plain phone in canonical form.</summary>
    public static IEnumerable<Alias> OtherForms(string canonicalPhone, AliasDigester digester)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalPhone)));
        yield return digester.Digest(
            IdentifierKind.Phone,
            AliasText.OfCanonical(IdentifierKind.Phone, digest, HashedFields.PhoneSha256E164)!
        );
    }

    /// <summary>The person as read; null when a text is too long, or a digest's format is not known.</summary>
    /// <param name="defaultCountry">The country by which a national phone number is read when the person has no country.</param>
    public PersonReading? Read(string defaultCountry)
    {
        if (Forms() is not { } hashed)
        {
            return null;
        }

        var tooLong = CustomerId?.Length > Limits.CustomerIdChars || Email?.Length > Limits.EmailChars || Phone?.Length > Limits.PhoneChars;
        return tooLong
            ? null
            : IdentifierReader.Read(
                new PersonTexts(CustomerId, Email, Phone)
                {
                    Details = Country is null ? null : new PersonDetails { Country = Country },
                    Hashed = hashed,
                },
                new ReaderRules(defaultCountry)
            );
    }

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "NamedPerson(***)";

    private HashedFields? Forms()
    {
        HashedFields? email = Hashed?.Email switch
        {
            null => HashedFields.None,
            "sha256" => HashedFields.EmailSha256,
            _ => null,
        };
        return email
            | Hashed?.Phone switch
            {
                null => HashedFields.None,
                "sha256_digits" => HashedFields.PhoneSha256Digits,
                "sha256_e164" => HashedFields.PhoneSha256E164,
                _ => null,
            };
    }
}
