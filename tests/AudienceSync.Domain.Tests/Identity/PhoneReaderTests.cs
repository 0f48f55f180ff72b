using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using PhoneNumbers;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Identity;

/// <summary>Phone numbers as people and programs write them.</summary>
public sealed class PhoneReaderTests(ITestOutputHelper output)
{
    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    private static readonly string[] Countries =
    [
        "US",
        "CA",
        "GB",
        "IE",
        "DE",
        "AT",
        "CH",
        "FR",
        "BE",
        "NL",
        "LU",
        "IT",
        "ES",
        "PT",
        "DK",
        "SE",
        "NO",
        "FI",
        "PL",
        "CZ",
        "SK",
        "HU",
        "RO",
        "BG",
        "GR",
        "LT",
        "LV",
        "EE",
        "UA",
        "TR",
        "IL",
        "AE",
        "SA",
        "IN",
        "PK",
        "JP",
        "KR",
        "SG",
        "AU",
        "NZ",
        "ZA",
        "KE",
        "NG",
        "BR",
        "AR",
        "CL",
        "CO",
        "MX",
        "CI",
        "HK",
    ];

    private static readonly string[] Extensions =
    [
        " ext. 101",
        " x101",
        " ext 7",
        ";ext=12",
        " extension 4711",
        " #42",
        ",101",
        " \u0434\u043E\u0431. 5",
        "x5",
    ];

    [Theory]
    [InlineData("US", "+1 907 555 0171 ext. 101", "+19075550171")]
    [InlineData("US", "5559876501.0", "+15559876501")]
    [InlineData("US", "\"5559876501.0\"", "+15559876501")]
    [InlineData("LT", "861234511", "+37061234511")]
    [InlineData("DE", "49 30 1234567", "+49301234567")]
    [InlineData("GB", "07700 900190", "+447700900190")]
    [InlineData("US", "+683 4001", "+6834001")]
    [InlineData("US", "+290 2345", "+2902345")]
    [InlineData("US", "(555) 987-6543", "+15559876543")]
    [InlineData("US", "1 555 987 6543", "+15559876543")]
    [InlineData("us", "555.987.6543", "+15559876543")]
    [InlineData("US", "0 555 987 6543", "+15559876543")]
    [InlineData("US", "011 44 20 7946 0958", "+442079460958")]
    [InlineData("AU", "0011 44 20 7946 0958", "+442079460958")]
    [InlineData("BR", "0015 44 20 7946 0958", "+442079460958")]
    [InlineData("JP", "010 44 20 7946 0958", "+442079460958")]
    [InlineData("CA", "416-555-0123", "+14165550123")]
    [InlineData("IN", "098765 43210", "+919876543210")]
    [InlineData("IN", "9198765432", "+919198765432")]
    [InlineData("IN", "91 98765 43210", "+919876543210")]
    [InlineData("DE", "030 901820", "+4930901820")]
    [InlineData("DE", "0151 23456789", "+4915123456789")]
    [InlineData("IT", "06 1234 5678", "+390612345678")]
    [InlineData("IT", "347 123 4567", "+393471234567")]
    [InlineData("SM", "0549 882914", "+3780549882914")]
    [InlineData("FR", "06 12 34 56 78", "+33612345678")]
    [InlineData("BR", "(011) 98765-4321", "+5511987654321")]
    [InlineData("RU", "8 (916) 123-45-67", "+79161234567")]
    [InlineData("HU", "06 30 123 4567", "+36301234567")]
    [InlineData("AR", "0 11 15-2345-6789", "+5491123456789")]
    [InlineData("MX", "+52 1 55 1234 5678", "+525512345678")]
    [InlineData("US", "+39 (0)6 1234 5678", "+390612345678")]
    [InlineData("US", "+44 (0)20 7946 0958", "+442079460958")]
    [InlineData("US", "+225 07 07 12 34 56", "+2250707123456")]
    [InlineData("GB", "+07700 900190", "+447700900190")]
    [InlineData("GB", "15559876543", "+15559876543")]
    [InlineData("US", "442079460958", "+442079460958")]
    [InlineData("DE", "447911123456", "+447911123456")]
    [InlineData("US", "tel:+44-20-7946-0958", "+442079460958")]
    [InlineData("US", "\u202A+44 20 7946 0958\u202C", "+442079460958")]
    [InlineData("US", "\uFF0B\uFF14\uFF14 20 7946 0958", "+442079460958")]
    [InlineData("US", "+\u0664\u0664 \u0662\u0660 \u0667\u0669\u0664\u0666 \u0660\u0669\u0665\u0668", "+442079460958")]
    [InlineData("GB", "07700 900190 (work)", "+447700900190")]
    [InlineData("GB", "Tel.: 07700 900190", "+447700900190")]
    [InlineData("UK", "020 7946 0958", "+442079460958")]
    [InlineData("", "+44 20 7946 0958", "+442079460958")]
    public void A_number_is_read_as_E_164(string country, string raw, string expected) =>
        PhoneReader.Read(raw, country).ShouldBe(new FieldReading(expected, IdentifierFault.None));

    [Theory]
    [InlineData("GB", "4.479E+11", IdentifierFault.ScientificNotation)]
    [InlineData("GB", "4,479e11", IdentifierFault.ScientificNotation)]
    [InlineData("US", "5.55988E+09", IdentifierFault.ScientificNotation)]
    [InlineData("US", "555-1234", IdentifierFault.LocalOnly)]
    [InlineData("US", "+44 12345", IdentifierFault.LocalOnly)]
    [InlineData("US", "+1234567", IdentifierFault.TooShort)]
    [InlineData("US", "1234567890123456", IdentifierFault.TooManyDigits)]
    [InlineData("US", "+1234567890123456", IdentifierFault.TooManyDigits)]
    [InlineData("DE", "+49 123456789012345", IdentifierFault.TooManyDigits)]
    [InlineData("US", "no number at all", IdentifierFault.NotANumber)]
    [InlineData("US", "1-800-FLOWERS", IdentifierFault.TooShort)]
    [InlineData("US", "+999 1234567", IdentifierFault.UnknownCallingCode)]
    [InlineData("GB", "+44 0", IdentifierFault.TooShort)]
    [InlineData("ZZ", "020 7946 0958", IdentifierFault.NoCountry)]
    [InlineData("", "020 7946 0958", IdentifierFault.NoCountry)]
    [InlineData("US", "+683 40012", IdentifierFault.ImpossibleNumber)]
    [InlineData("NU", "40012", IdentifierFault.ImpossibleNumber)]
    [InlineData("US", "+683 400 ext. 1", IdentifierFault.TooShort)]
    [InlineData("US", "+683 400x1", IdentifierFault.TooShort)]
    [InlineData("US", "+683 400 #1", IdentifierFault.TooShort)]
    [InlineData("US", "907-5550 ext. 171", IdentifierFault.LocalOnly)]
    [InlineData("GB", "07700900190/07700900191", IdentifierFault.SeveralNumbers)]
    [InlineData("US", "5559876543 or 5559876544", IdentifierFault.SeveralNumbers)]
    [InlineData("US", "1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e", IdentifierFault.UndeclaredDigest)]
    public void A_text_that_is_not_a_possible_number_is_never_hashed(string country, string raw, IdentifierFault expected) =>
        PhoneReader.Read(raw, country).ShouldBe(new FieldReading(null, expected));

    [Fact]
    public void Ten_thousand_characters_are_refused_or_read_without_failure()
    {
        PhoneReader.Read(new string('9', 10_000), "US").Fault.ShouldBe(IdentifierFault.TooManyDigits);
        PhoneReader.Read("+" + new string(' ', 10_000) + "15559876543", "US").Text.ShouldBe("+15559876543");
    }

    [Fact]
    public void Every_written_form_of_a_number_has_one_canonical_form()
    {
        var random = Seeds.Of(output, 20261130);
        var wrong = new List<string>();
        for (var i = 0; i < 10_000; i++)
        {
            var country = random.Any(Countries);
            var number = Valid(country, random);
            var expected = Library.Format(number, PhoneNumberFormat.E164);
            var (written, home) = Written(number, country, random);
            if (PhoneReader.Read(written, home).Text != expected)
            {
                wrong.Add(
                    $"{home} {written}: {PhoneReader.Read(written, home).Text ?? PhoneReader.Read(written, home).Fault.Code()}, "
                        + $"not {expected}"
                );
            }
        }

        wrong.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void A_canonical_phone_number_is_read_again_unchanged()
    {
        var random = Seeds.Of(output, 20261201);
        for (var i = 0; i < 20_000; i++)
        {
            var raw =
                (random.Next(3) == 0 ? "" : "+") + string.Concat(Enumerable.Range(0, random.Next(5, 17)).Select(_ => random.Next(10)));
            var country = random.Any(Countries);
            if (PhoneReader.Read(raw, country).Text is { } once)
            {
                PhoneReader.Read(once, random.Any(Countries)).Text.ShouldBe(once, $"case {i}: {raw} in {country}");
            }
        }
    }

    /// <summary>Of every country, numbers of a length that it does not have, in all forms that name the country.</summary>
    [Fact]
    public void An_impossible_number_has_a_reason_and_no_platform_gets_a_hash_of_it()
    {
        var random = Seeds.Of(output, 20261205);
        var regions = Library.GetSupportedRegions().Order(StringComparer.Ordinal).ToList();
        var reasons = new Dictionary<IdentifierFault, int>();
        for (var i = 0; i < 20_000; i++)
        {
            var region = random.Any(regions);
            var national = $"{random.Next(2, 10)}{Digits(random, random.Next(1, 14))}";
            var code = Library.GetCountryCodeForRegion(region);
            if (Possible($"+{code}{national}") is not { } impossible)
            {
                continue;
            }

            var written = random.Next(4) switch
            {
                0 => $"00{code}{national}",
                1 => $"+{code} {national[..1]} {national[1..]}",
                2 => $"tel:+{code}-{national} ext. 7",
                _ => $"+{code}{national}",
            };
            // Unless the two zeros belong to a number of the country itself, the country does not matter.
            var person = IdentifierReader.Read("c", null, written, written[0] == '0' ? "" : random.Any(Countries));
            var what = $"case {i}: {region} {written}";
            person.CanonicalPhone.ShouldBeNull(what);
            person.PhoneFault.ShouldBe(impossible, what);
            AliasText.Of(person, IdentifierKind.Phone).ShouldBeNull(what);
            foreach (var normalizer in Normalizers.BuiltIn.All)
            {
                var cell = normalizer.Normalize(person, PersonField.Phone, new char[Normalizer.MaxChars]);
                cell.Reason.ShouldBeOneOf(CellReason.Malformed, CellReason.ImpossibleNumber, CellReason.NotTaken);
            }

            reasons[impossible] = reasons.GetValueOrDefault(impossible) + 1;
        }

        output.WriteLine(string.Join(", ", reasons.Select(reason => $"{reason.Key.Code()} {reason.Value}")));
        reasons.Keys.Select(fault => fault.Code()).ShouldContain("impossible_number");
        reasons[IdentifierFault.ImpossibleNumber].ShouldBeGreaterThan(100);
    }

    // Null for a number that may exist.
    private static IdentifierFault? Possible(string international)
    {
        PhoneNumber number;
        try
        {
            number = Library.Parse(international, null);
        }
        catch (NumberParseException unread)
        {
            return unread.ErrorType == ErrorType.TOO_LONG ? IdentifierFault.TooManyDigits : IdentifierFault.TooShort;
        }

        return Library.IsPossibleNumberWithReason(number) switch
        {
            PhoneNumberUtil.ValidationResult.IS_POSSIBLE => null,
            PhoneNumberUtil.ValidationResult.IS_POSSIBLE_LOCAL_ONLY => IdentifierFault.LocalOnly,
            PhoneNumberUtil.ValidationResult.TOO_LONG => IdentifierFault.TooManyDigits,
            PhoneNumberUtil.ValidationResult.TOO_SHORT => IdentifierFault.TooShort,
            _ => IdentifierFault.ImpossibleNumber,
        };
    }

    private static string Digits(Random random, int count) => string.Concat(Enumerable.Range(0, count).Select(_ => random.Next(10)));

    private static PhoneNumber Valid(string country, Random random)
    {
        var type = random.Next(2) == 0 ? PhoneNumberType.MOBILE : PhoneNumberType.FIXED_LINE;
        var example = Library.GetExampleNumberForType(country, type);
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var changed = new PhoneNumber.Builder()
                .MergeFrom(example)
                .SetNationalNumber(example.NationalNumber / 10_000 * 10_000 + (ulong)random.Next(10_000))
                .Build();
            if (Library.IsValidNumberForRegion(changed, country))
            {
                return changed;
            }
        }

        return example;
    }

    private static (string Text, string Country) Written(PhoneNumber number, string country, Random random)
    {
        var e164 = Library.Format(number, PhoneNumberFormat.E164);
        var (text, home) = random.Next(6) switch
        {
            0 => (e164, random.Any(Countries)),
            1 => (Library.Format(number, PhoneNumberFormat.INTERNATIONAL), random.Any(Countries)),
            2 => (Library.Format(number, PhoneNumberFormat.NATIONAL), country),
            3 => (Library.Format(number, PhoneNumberFormat.RFC3966), random.Any(Countries)),
            4 => ("00" + e164[1..], random.Any(["GB", "DE", "FR", "IT", ""])),
            _ => (Respaced(Library.Format(number, PhoneNumberFormat.INTERNATIONAL), random), country),
        };
        return random.Next(4) switch
        {
            0 => (text + random.Any(Extensions), home),
            1 => ("\"" + text + "\"", home),
            2 when !text.AsSpan().ContainsAny(".-\u2011\u00A0 (") => (text + ".0", home),
            _ => (text, home),
        };
    }

    private static string Respaced(string text, Random random) =>
        string.Concat(text.Select(c => c is ' ' or '-' ? random.Any([" ", "-", ".", "\u00A0", "\u2011", " - ", ""]) : c.ToString()));
}
