using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Identity;

/// <summary>
/// The only reader of persons: webhooks, lookups, suppressions, consent, erasure, export and lists all use it (design section 6, rule 6),
/// so that a person named by one of them is found by every other.
/// </summary>
public static class IdentifierReader
{
    /// <summary>
    /// The version of these rules and of libphonenumber's data together. The vault keeps it with each revision and the store with each
    /// alias. Raise it when the corpus test (<c>tests/AudienceSync.Domain.Tests/Identity/identifier-corpus.tsv</c>) shows other canonical
    /// forms.
    /// </summary>
    public const short ParserVersion = 2;

    /// <summary>The parser before libphonenumber. Revisions and aliases without a version were written by it.</summary>
    public const short OlderParserVersion = 1;

    /// <summary>Reads a person's texts by the rules of a source.</summary>
    public static PersonReading Read(PersonTexts texts, ReaderRules rules)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(rules);
        List<FieldFault>? faults = null;
        var details = DetailsReader.Read(texts.Details, rules.Placeholders, ref faults);
        var country = details?.Country is { } home && Countries.CodeOf(home) is { } code ? code : rules.DefaultCountry;
        var emailText = Present("email", texts.Email, texts.Hashed.HasFlag(HashedFields.EmailSha256), rules.Placeholders, ref faults);
        var phoneText = Present(
            "phone",
            texts.Phone,
            (texts.Hashed & ~HashedFields.EmailSha256) != HashedFields.None,
            rules.Placeholders,
            ref faults
        );
        var email = EmailReader.Read(emailText, texts.Hashed);
        var phone = PhoneReader.Read(phoneText, country, texts.Hashed);
        Add("email", email.Fault, ref faults);
        Add("phone", phone.Fault, ref faults);
        var identifiers = new PersonIdentifiers(CustomerId(texts.CustomerId, rules.Placeholders, ref faults), emailText, phoneText, country)
        {
            Details = details,
            Hashed = texts.Hashed,
            CanonicalEmail = email.Text,
            CanonicalPhone = phone.Text,
            EmailFault = email.Fault,
            PhoneFault = phone.Fault,
            Parser = ParserVersion,
        };
        return new PersonReading(identifiers, faults ?? []);
    }

    /// <summary>As above, for plain texts with only a country: for tools and tests.</summary>
    public static PersonIdentifiers Read(string? customerId, string? email, string? phone, string country, PersonDetails? details = null) =>
        Read(new PersonTexts(customerId, email, phone) { Details = details }, new ReaderRules(country)).Identifiers;

    /// <summary>
    /// Identifiers that were constructed directly, as tools and tests do, are read by their country; identifiers that came from a sender or
    /// from the vault have been read already and are returned unchanged.
    /// </summary>
    public static PersonIdentifiers Ensure(PersonIdentifiers person)
    {
        ArgumentNullException.ThrowIfNull(person);
        if (person.Parser > 0 || (person.Email ?? person.Phone) is null)
        {
            return person;
        }

        var email = EmailReader.Read(Trimmed(person.Email), person.Hashed);
        var phone = PhoneReader.Read(Trimmed(person.Phone), person.Country, person.Hashed);
        return person with
        {
            CanonicalEmail = email.Text,
            CanonicalPhone = phone.Text,
            EmailFault = email.Fault,
            PhoneFault = phone.Fault,
            Parser = ParserVersion,
        };
    }

    internal static void Add(string field, IdentifierFault fault, ref List<FieldFault>? faults)
    {
        if (fault != IdentifierFault.None)
        {
            (faults ??= []).Add(new FieldFault(field, fault));
        }
    }

    private static string? CustomerId(string? raw, Placeholders placeholders, ref List<FieldFault>? faults)
    {
        if (Present("customer_id", raw, hashed: false, placeholders, ref faults) is not { } text)
        {
            return null;
        }

        var fault =
            text.Length > AliasText.MaxCustomerIdChars ? IdentifierFault.TooLong
            : AliasText.CustomerId(text) is null ? IdentifierFault.InvalidText
            : IdentifierFault.None;
        Add("customer_id", fault, ref faults);
        return fault == IdentifierFault.None ? text : null;
    }

    private static string? Present(string field, string? raw, bool hashed, Placeholders placeholders, ref List<FieldFault>? faults)
    {
        var text = Trimmed(raw);
        if (text is null || !placeholders.IsIdentifier(text, hashed))
        {
            return text;
        }

        Add(field, IdentifierFault.Placeholder, ref faults);
        return null;
    }

    private static string? Trimmed(string? raw) => raw?.Trim() is { Length: > 0 } text ? text : null;
}
