using AudienceSync.Domain.Identity;
using PhoneNumbers;

namespace AudienceSync.Host.Tests.People;

/// <summary>A phone number as somebody writes it.</summary>
/// <param name="Text">The number.</param>
/// <param name="Country">The person's country; null when it is not given.</param>
/// <param name="DefaultCountry">The country of the request, for numbers of people without one; null when it is not given.</param>
internal sealed record WrittenPhone(string Text, string? Country, string? DefaultCountry)
{
    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    private static readonly (string Code, string Name)[] Countries =
    [
        ("US", "United States"),
        ("GB", "United Kingdom"),
        ("DE", "Germany"),
        ("FR", "France"),
        ("IT", "Italy"),
        ("LT", "Lithuania"),
        ("ES", "Spain"),
        ("SE", "Sweden"),
        ("BR", "Brazil"),
        ("MX", "Mexico"),
        ("JP", "Japan"),
        ("IN", "India"),
        ("AU", "Australia"),
        ("ZA", "South Africa"),
    ];

    public string Query => DefaultCountry is null ? "" : "?default_country=" + DefaultCountry;

    /// <summary>A number that its country can have, unlike all others of the same index.</summary>
    public static PhoneNumber Number(Random random, int index)
    {
        var country = Countries[index % Countries.Length].Code;
        var example = Library.GetExampleNumberForType(country, PhoneNumberType.MOBILE);
        var first = random.Next(100);
        return Enumerable
            .Range(0, 100)
            .Select(n => (example.NationalNumber / 10_000 * 10_000) + (ulong)((index * 100) + ((first + n) % 100)))
            .Select(national => new PhoneNumber.Builder().MergeFrom(example).SetNationalNumber(national).Build())
            .First(number => Library.IsValidNumberForRegion(number, country));
    }

    /// <summary>Any way in which it can be written, so that it can be read.</summary>
    /// <param name="number">The number.</param>
    /// <param name="random">Chooses.</param>
    /// <param name="mayHaveDefault">Whether the request has a default country; otherwise a national number comes with the person's.</param>
    public static WrittenPhone Any(PhoneNumber number, Random random, bool mayHaveDefault)
    {
        var (code, name) = Array.Find(Countries, country => country.Code == Library.GetRegionCodeForNumber(number));
        var other = Countries[random.Next(Countries.Length)].Code;
        var national = Library.Format(number, PhoneNumberFormat.NATIONAL);
        return random.Next(mayHaveDefault ? 8 : 5) switch
        {
            0 => new(Library.Format(number, PhoneNumberFormat.E164), null, null),
            1 => new(Library.Format(number, PhoneNumberFormat.INTERNATIONAL), other, null),
            2 => new("tel:" + Library.Format(number, PhoneNumberFormat.E164) + " ext. 101", null, null),
            3 => new(national, random.Next(2) == 0 ? code : code.ToLowerInvariant(), null),
            4 => new($"\"{national}\"", name, null),
            5 => new(national, null, code),
            6 => new(national + " x7", code, other),
            _ => new(national.Replace(' ', '-'), name, other),
        };
    }

    /// <summary>The person as in a request, with nothing but this number.</summary>
    public Dictionary<string, object?> Person(params (string Name, object? Value)[] more)
    {
        var person = new Dictionary<string, object?>(StringComparer.Ordinal) { ["phone"] = Text };
        if (Country is not null)
        {
            person["country"] = Country;
        }

        foreach (var (name, value) in more)
        {
            person[name] = value;
        }

        return person;
    }

    /// <summary>In failures of a test, whose numbers are nobody's.</summary>
    public override string ToString() =>
        $"{Text} ({Country}, {DefaultCountry}): {PhoneReader.Read(Text, Country ?? DefaultCountry ?? "").Text}";
}
