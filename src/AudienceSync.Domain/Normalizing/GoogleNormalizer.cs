using AudienceSync.Domain.Identity;
using static AudienceSync.Domain.Normalizing.CellForm;

namespace AudienceSync.Domain.Normalizing;

/// <summary>The cells that Google's Customer Match expects, hashed or plain (contracts/google.md 7.1 and 7.2).</summary>
/// <remarks>
/// An address counts only when first name, last name, country and postal code are all present; the connector checks that.
/// </remarks>
public static class GoogleNormalizer
{
    public static readonly NormalizerVersion Current = new(2);

    /// <summary>The rules of June 2026.</summary>
    public static Normalizer Version1 { get; } =
        new(
            NormalizerFamily.Google,
            new NormalizerVersion(1),
            "rules of June 2026",
            [
                new(
                    PersonField.Email,
                    Hashed,
                    "trim, lower case, compose; at gmail.com and googlemail.com without dots and plus suffix",
                    "Jane.Doe+Shopping@googlemail.com",
                    AddressText.GmailAware
                )
                {
                    TakesHashed = HashedFields.EmailSha256,
                },
                new(
                    PersonField.Phone,
                    Hashed,
                    "plus and digits with the calling code (E.164), no trunk zero",
                    "+44-113-496-0987",
                    AddressText.PhoneWithPlus
                )
                {
                    TakesHashed = HashedFields.PhoneSha256E164,
                },
                new(
                    PersonField.FirstName,
                    Hashed,
                    "trim, lower case, one space between words, no title before it; punctuation stays",
                    " Mr. Alex   ",
                    PersonText.GivenName
                ),
                new(
                    PersonField.LastName,
                    Hashed,
                    "trim, lower case, one space between words, no suffix behind it; punctuation stays",
                    " Quinn, Jr.   ",
                    PersonText.FamilyName
                ),
                new(
                    PersonField.PostalCode,
                    Plain,
                    "trim; USA: five digits, or five, a hyphen and four",
                    "  1229-076  ",
                    PlaceText.PlainPostalCode
                ),
                new(PersonField.Country, Plain, "ISO 3166-1 alpha-2, upper case", " us ", PlaceText.UpperCountry),
                new(PersonField.DeviceId, Plain, "trim", " EA7583CD-A667-48BC-B806-42ECB2B48606 ", PersonText.DeviceId),
                new(PersonField.ExternalId, Plain, "trim", " Cust-1 ", PersonText.ExternalId),
            ]
        );

    /// <summary>The same, but also without a title after the given name, and with countries under any of their names.</summary>
    public static Normalizer Version2 { get; } =
        new(
            NormalizerFamily.Google,
            Current,
            "rules of June 2026, countries by name",
            [
                .. Version1.Rules.Select(rule =>
                    rule.Field switch
                    {
                        PersonField.FirstName => rule with
                        {
                            Description = "trim, lower case, one space between words, no title before or behind it; punctuation stays",
                            Example = " Alex Dr. ",
                            Write = PersonText.GivenNameWithoutTitles,
                        },
                        PersonField.Country => rule with
                        {
                            Description = "ISO 3166-1 alpha-2, upper case, from a code or a name",
                            Example = " U.S. ",
                            Write = PlaceText.UpperNamedCountry,
                        },
                        PersonField.PostalCode => rule with { Write = PlaceText.PlainPostalCodeOfNamed },
                        _ => rule,
                    }
                ),
            ]
        );
}
