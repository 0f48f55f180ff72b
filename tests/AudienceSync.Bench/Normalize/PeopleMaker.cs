using System.Globalization;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Bench.Normalize;

/// <summary>Generated people as unclean as forms leave them: capitals, spaces, accents, punctuation, national numbers.</summary>
internal static class PeopleMaker
{
    private static readonly string[] FirstNames =
    [
        "Mary",
        "JOHN",
        " Anna ",
        "José",
        "Mr. Alex",
        "Mary-Jane",
        "Zoë",
        "wei",
        "Priya",
        "Valéry",
    ];
    private static readonly string[] LastNames =
    [
        "O'Brien",
        "Doe",
        "García",
        "Quinn, Jr.",
        "Quinn-Alex",
        "MÜLLER",
        "Smith",
        "Nguyen",
        "Kowalski",
        "van der Berg",
    ];
    private static readonly string[] Domains = ["gmail.com", "Example.com", "shop.example", "GMAIL.com", "mail.example.org"];

    private static readonly (string City, string PostalCode, string Country, string Phone)[] Places =
    [
        ("San Francisco", "94035-1234", "US", "(555) 9{0:00}-{1:0000}"),
        ("São Paulo", "01310-100", "BR", "+55 11 9{0:0000}-{1:0000}"),
        ("Manchester", "M1 1AE", "GB", "+44 (0)20 7{0:000} {1:0000}"),
        ("München", "80331", "DE", "0049 89 {0:0000}{1:0000}"),
        ("new york", "10001", "us", "1 555 9{0:00} {1:0000}"),
    ];

    public static PersonIdentifiers[] Make(int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(n => IdentifierReader.Ensure(One(n, random)))];

    private static PersonIdentifiers One(int n, Random random)
    {
        var first = FirstNames[random.Next(FirstNames.Length)];
        var last = LastNames[random.Next(LastNames.Length)];
        var place = Places[random.Next(Places.Length)];
        var suffix = random.Next(4) == 0 ? "+news" : "";
        return new PersonIdentifiers(
            null,
            $"Person.{n:x}{suffix}@{Domains[random.Next(Domains.Length)]}",
            string.Format(CultureInfo.InvariantCulture, place.Phone, random.Next(100), random.Next(10_000)),
            "US"
        )
        {
            Details = new PersonDetails
            {
                FirstName = first,
                LastName = last,
                City = place.City,
                PostalCode = place.PostalCode,
                Country = place.Country,
            },
        };
    }
}
