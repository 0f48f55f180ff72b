using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalising;

namespace AudienceSync.Host.Privacy;

/// <summary>Which of the identifiers are digests, in the words of a source's configuration.</summary>
public sealed record NamedHashes(string? Email, string? Phone);

/// <summary>
/// The person an operator asks about, by any number of his identifiers, plain or hashed as a source would send them. Several are one person
/// said several times; whether that is so is for the caller to check.
/// </summary>
public sealed record NamedPerson(string? CustomerId, string? Email, string? Phone, string? Country, NamedHashes? Hashed)
{
    /// <summary>Their aliases, strongest first. Null when none is given, or one cannot be read.</summary>
    public IReadOnlyList<Alias>? Aliases(AliasDigester digester)
    {
        if (Forms() is not { } hashed)
        {
            return null;
        }

        (IdentifierKind Kind, string? Given, Func<string, string?> Read, int MaxChars)[] fields =
        [
            (IdentifierKind.CustomerId, CustomerId, AliasText.CustomerId, Limits.CustomerIdChars),
            (IdentifierKind.Email, Email, email => AliasText.Email(email, hashed), Limits.EmailChars),
            (IdentifierKind.Phone, Phone, phone => AliasText.Phone(phone, Country ?? "", hashed), Limits.PhoneChars),
        ];
        var aliases = new List<Alias>(fields.Length);
        foreach (var (kind, given, read, maxChars) in fields.Where(field => !string.IsNullOrWhiteSpace(field.Given)))
        {
            if (given!.Length > maxChars || read(given) is not { } text)
            {
                return null;
            }

            aliases.Add(digester.Digest(kind, text));
        }

        return aliases.Count == 0 ? null : aliases;
    }

    /// <summary>The other names under which a source that hashes its phones may send the same number.</summary>
    public IEnumerable<Alias> OtherForms(AliasDigester digester) =>
        Phone is { } phone && Hashed?.Phone is null ? OtherForms(phone, Country ?? "", digester) : [];

    /// <summary>As above, of a plain phone.</summary>
    public static IEnumerable<Alias> OtherForms(string phone, string country, AliasDigester digester)
    {
        if (PhoneNumber.Normalise(phone, country) is { } digits)
        {
            var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("+" + digits)));
            yield return digester.Digest(IdentifierKind.Phone, AliasText.Phone(digest, "", HashedFields.PhoneSha256E164)!);
        }
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
        return email | Hashed?.Phone switch
        {
            null => HashedFields.None,
            "sha256_digits" => HashedFields.PhoneSha256Digits,
            "sha256_e164" => HashedFields.PhoneSha256E164,
            _ => null,
        };
    }
}
