using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Privacy;

/// <summary>
/// The aliases that a person's texts may have under an older reader: by its rules where this program has them, and with the text itself
/// taken for the canonical form, because two versions of libphonenumber cannot be loaded at once. They are guesses: the same digits may be
/// another person's number, so <see cref="OlderAliasQueries"/> checks whose they are.
/// </summary>
internal static class OlderForms
{
    public static IEnumerable<Alias> Of(PersonIdentifiers person, AliasDigester digester)
    {
        var known = new HashSet<Alias>();
        if (person.Email is { } email)
        {
            known.UnionWith(
                Digests(IdentifierKind.Email, [OlderParser.Canonical(IdentifierKind.Email, email, "", person.Hashed)], person, digester)
            );
        }

        if (person.Phone is { } phone)
        {
            var digits = string.Concat(phone.Where(char.IsAsciiDigit));
            known.UnionWith(
                Digests(
                    IdentifierKind.Phone,
                    [
                        OlderParser.Canonical(IdentifierKind.Phone, phone, person.Country, person.Hashed),
                        person.Hashed == HashedFields.None && digits.Length > 0 ? "+" + digits : null,
                    ],
                    person,
                    digester
                )
            );
        }

        return known;
    }

    /// <summary>A claim as the current reader reads its text; null when it cannot.</summary>
    public static IdentifierClaim? Reread(IdentifierClaim claimed, AliasDigester digester)
    {
        var read =
            claimed.Address.Kind == IdentifierKind.Email
                ? EmailReader.Read(claimed.Text, claimed.Hashed)
                : PhoneReader.Read(claimed.Text, claimed.Country, claimed.Hashed);
        return read.Text is not { } canonical
            ? null
            : claimed with
            {
                Address = digester.Digest(claimed.Address.Kind, AliasText.OfCanonical(claimed.Address.Kind, canonical, claimed.Hashed)!),
                Canonical = canonical,
                Parser = IdentifierReader.ParserVersion,
            };
    }

    private static IEnumerable<Alias> Digests(IdentifierKind kind, string?[] canonical, PersonIdentifiers person, AliasDigester digester) =>
        canonical
            .OfType<string>()
            .Select(form => AliasText.OfCanonical(kind, form, person.Hashed))
            .OfType<string>()
            .Select(text => digester.Digest(kind, text));
}
