using AudienceSync.Domain.Identity;
using static AudienceSync.Domain.Normalizing.CellForm;

namespace AudienceSync.Domain.Normalizing;

/// <summary>The cells that Meta expects, hashed or plain (contracts/meta.md 9, 9.1 and 9.2).</summary>
public static class MetaNormalizer
{
    public static readonly NormalizerVersion Current = new(2);

    /// <summary>The rules of April 2026.</summary>
    public static Normalizer Version1 { get; } =
        new(
            NormalizerFamily.Meta,
            new NormalizerVersion(1),
            "rules of April 2026",
            [
                new(PersonField.Email, Hashed, "trim, lower case, compose; dots and plus stay", " Mary@Example.com ", AddressText.Email)
                {
                    TakesHashed = HashedFields.EmailSha256,
                },
                new(
                    PersonField.Phone,
                    Hashed,
                    "digits with the calling code, no plus, no trunk zero",
                    "+44 (0)20 7946 0958",
                    AddressText.PhoneDigits
                )
                {
                    TakesHashed = HashedFields.PhoneSha256Digits,
                },
                new(
                    PersonField.FirstName,
                    Hashed,
                    "lower case without punctuation and symbols; any script, accents and inner spaces stay",
                    "Valéry",
                    PersonText.BareName
                ),
                new(PersonField.FirstInitial, Hashed, "first letter of the first name, a-z", "Jane", PersonText.Initial),
                new(PersonField.LastName, Hashed, "as the first name", "O'Brien", PersonText.BareName),
                new(PersonField.City, Hashed, "letters a-z only, accents taken off", "São Paulo", PlaceText.City),
                new(
                    PersonField.State,
                    Hashed,
                    "USA: two-letter code; elsewhere a-z and 0-9, accents taken off",
                    "New York",
                    PlaceText.State
                )
                {
                    ExampleCountry = "US",
                },
                new(
                    PersonField.PostalCode,
                    Hashed,
                    "lower case, no spaces; USA: first five digits",
                    "94035-1234",
                    PlaceText.LowerPostalCode
                )
                {
                    ExampleCountry = "US",
                },
                new(PersonField.Country, Hashed, "ISO 3166-1 alpha-2, lower case", "US", PlaceText.LowerCountry),
                new(PersonField.Gender, Hashed, "m or f; anything else is empty", "Male", PersonText.Gender),
                new(PersonField.BirthYear, Hashed, "four digits, from 1900", "1990-2-15", BirthDate.Year),
                new(PersonField.BirthMonth, Hashed, "two digits", "1990-2-15", BirthDate.Month),
                new(PersonField.BirthDay, Hashed, "two digits", "1990-2-15", BirthDate.Day),
                new(
                    PersonField.DeviceId,
                    Plain,
                    "trim, lower case, hyphens stay",
                    "EA7583CD-A667-48BC-B806-42ECB2B48606",
                    PersonText.LowerDeviceId
                ),
                new(PersonField.ExternalId, Plain, "as it is; not sent by our connector", "Cust-1", PersonText.ExternalId),
            ]
        );

    /// <summary>The same, but with countries under any of their names.</summary>
    public static Normalizer Version2 { get; } =
        new(
            NormalizerFamily.Meta,
            Current,
            "rules of April 2026, countries by name",
            [
                .. Version1.Rules.Select(rule =>
                    rule.Field switch
                    {
                        PersonField.Country => rule with
                        {
                            Description = "ISO 3166-1 alpha-2, lower case, from a code or a name",
                            Example = "U.S.",
                            Write = PlaceText.LowerNamedCountry,
                        },
                        PersonField.State => rule with { ExampleCountry = "U.S.", Write = PlaceText.StateOfNamed },
                        PersonField.PostalCode => rule with { ExampleCountry = "U.S.", Write = PlaceText.LowerPostalCodeOfNamed },
                        _ => rule,
                    }
                ),
            ]
        );
}
