using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Identity;

/// <summary>
/// The only reader of persons: which of a sender's texts identify a person, by which country, and how the rest is reported.
/// </summary>
public sealed class IdentifierReaderTests(ITestOutputHelper output)
{
    private static readonly string[] Junk =
    [
        "null",
        "undefined",
        "None",
        "N/A",
        "n/a",
        "#N/A",
        "NaN",
        "nil",
        "0",
        "00",
        "0.0",
        "-",
        "--",
        "?",
        ".",
        "unknown",
        "not set",
        "Not Available",
        "not-set",
        "[object Object]",
        "\\N",
        "<null>",
        "(none)",
        "true",
        "false",
        "{}",
        "[]",
        "NULL",
        "Undefined",
        "guest",
        "anonymous",
        "{{customer.id}}",
        "{{ person.email | default }}",
        "{% if x %}",
        "${email}",
        "%%email%%",
        "%EMAIL%",
        "[[email]]",
        "[EMAIL]",
        "*|EMAIL|*",
        "<%= email %>",
        "{email}",
        "#{email}",
        "{$email}",
        "{!Contact.Email}",
        "@@email@@",
        "##email##",
        "$email",
        "{{customer.id",
        "%7B%7Bemail%7D%7D",
        "00000000-0000-0000-0000-000000000000",
        "\uFF4E\uFF55\uFF4C\uFF4C",
        "@",
    ];

    private static readonly string[] Paddings = ["", " ", "\t", "\u00A0", "  ", "\r\n"];

    private static readonly string[] Quotes = ["", "\"", "'", "`", "\u201C"];

    private static readonly string[] Fields = ["customer_id", "email", "phone", "device_id"];

    [Theory]
    [InlineData("undefined")]
    [InlineData("null")]
    [InlineData("N/A")]
    [InlineData("None")]
    [InlineData("0")]
    [InlineData("{{customer.id}}")]
    public void A_placeholder_as_id_leaves_the_email_as_the_strongest_identifier(string placeholder)
    {
        var ann = IdentifierReader.Read(new PersonTexts(placeholder, "ann1@example.com", null), new ReaderRules("US"));

        ann.Identifiers.CustomerId.ShouldBeNull();
        ann.Identifiers.CanonicalEmail.ShouldBe("ann1@example.com");
        ann.Faults.ShouldBe([new FieldFault("customer_id", IdentifierFault.Placeholder)]);
        ann.FaultOf("customer_id").Code().ShouldBe("placeholder");
    }

    [Fact]
    public void A_placeholder_in_any_case_padding_and_quotes_is_absent_in_any_field()
    {
        var random = Seeds.Of(output, 20261129);
        for (var i = 0; i < 20_000; i++)
        {
            var placeholder = random.Any(Junk);
            placeholder = random.Next(3) switch
            {
                0 => placeholder.ToUpperInvariant(),
                1 => placeholder.ToLowerInvariant(),
                _ => placeholder,
            };
            var quote = random.Any(Quotes);
            var text = random.Any(Paddings) + quote + random.Any(Paddings) + placeholder + quote + random.Any(Paddings);
            var field = random.Any(Fields);

            var read = IdentifierReader.Read(In(field, text), new ReaderRules("US"));

            read.HasIdentifier.ShouldBeFalse($"case {i}: {field} {text}");
            read.Identifiers.Details.ShouldBeNull($"case {i}: {field} {text}");
            read.Faults.ShouldBe([new FieldFault(field, IdentifierFault.Placeholder)], $"case {i}: {field} {text}");
        }
    }

    [Fact]
    public void The_digest_of_a_placeholder_is_absent_when_a_source_hashes()
    {
        string[] placeholders =
        [
            "",
            "null",
            "NULL",
            "undefined",
            "None",
            "none",
            "N/A",
            "n/a",
            "NaN",
            "nil",
            "0",
            "-",
            " ",
            "unknown",
            "[object Object]",
            "+",
            "+0",
            "000",
        ];
        foreach (
            var digest in placeholders.Select(placeholder => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(placeholder))))
        )
        {
            foreach (var text in new[] { digest, digest.ToLowerInvariant(), " " + digest })
            {
                Absent(new PersonTexts(null, text, null) { Hashed = HashedFields.EmailSha256 }, text);
                Absent(new PersonTexts(null, null, text) { Hashed = HashedFields.PhoneSha256Digits }, text);
                Absent(new PersonTexts(null, null, text) { Hashed = HashedFields.PhoneSha256E164 }, text);
                Absent(new PersonTexts(text, null, null), text);
            }
        }

        static void Absent(PersonTexts texts, string text)
        {
            var read = IdentifierReader.Read(texts, new ReaderRules("US"));
            read.HasIdentifier.ShouldBeFalse(text);
            read.Faults.Single().Fault.ShouldBe(IdentifierFault.Placeholder);
        }
    }

    [Theory]
    [InlineData("42")]
    [InlineData("test")]
    [InlineData("nullable-7")]
    [InlineData("none_1")]
    [InlineData("N0NE")]
    [InlineData("auth0|5f7c")]
    [InlineData("{5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25}")]
    [InlineData("100")]
    [InlineData("000123")]
    [InlineData("a%b")]
    [InlineData("gid://shopify/Customer/7")]
    [InlineData("\u0410\u043D\u043D\u0430")]
    [InlineData("cus_[7]x")]
    public void A_real_id_is_kept(string id) => IdentifierReader.Read(id, null, null, "US").CustomerId.ShouldBe(id);

    [Theory]
    [InlineData("last_name", "Na")]
    [InlineData("last_name", "Nan")]
    [InlineData("last_name", "Nil")]
    [InlineData("last_name", "Guest")]
    [InlineData("country", "NA")]
    public void A_name_or_place_that_looks_like_a_placeholder_is_kept_in_details(string field, string text)
    {
        var read = IdentifierReader.Read(In(field, text), new ReaderRules("US"));

        (read.Identifiers.Details!.LastName ?? read.Identifiers.Details.Country).ShouldBe(text);
        read.Faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_source_can_declare_placeholders_and_their_digests_are_absent_too()
    {
        var rules = new ReaderRules("US") { Placeholders = Placeholders.With(["Walk-In ", "test"]) };

        IdentifierReader.Read(new PersonTexts(" walk-in", null, null), rules).HasIdentifier.ShouldBeFalse();
        IdentifierReader.Read(new PersonTexts("TEST", null, null), rules).HasIdentifier.ShouldBeFalse();
        IdentifierReader.Read(new PersonTexts("walkin", null, null), rules).HasIdentifier.ShouldBeTrue();
        var digest = Convert.ToHexStringLower(SHA256.HashData("walk-in"u8));
        IdentifierReader
            .Read(new PersonTexts(null, digest, null) { Hashed = HashedFields.EmailSha256 }, rules)
            .HasIdentifier.ShouldBeFalse();
    }

    [Theory]
    [InlineData("null@null.com")]
    [InlineData("undefined@undefined")]
    [InlineData("{{first}}@example.com")]
    public void An_address_made_of_placeholders_is_absent(string email) =>
        IdentifierReader
            .Read(new PersonTexts(null, email, null), new ReaderRules("US"))
            .FaultOf("email")
            .ShouldBe(IdentifierFault.Placeholder);

    [Theory]
    [InlineData("0")]
    [InlineData("000")]
    [InlineData("+0")]
    [InlineData("(000) 000-0000")]
    [InlineData("+00 000")]
    public void A_phone_number_of_zeros_is_absent(string phone) =>
        IdentifierReader
            .Read(new PersonTexts(null, null, phone), new ReaderRules("US"))
            .FaultOf("phone")
            .ShouldBe(IdentifierFault.Placeholder);

    [Theory]
    [InlineData("GB")]
    [InlineData("gb")]
    [InlineData("UK")]
    [InlineData("GBR")]
    [InlineData("United Kingdom")]
    public void A_phone_is_parsed_by_the_persons_country_and_not_by_the_sources(string country)
    {
        var texts = new PersonTexts(null, null, "07700 900190") { Details = new PersonDetails { Country = country } };

        var read = IdentifierReader.Read(texts, new ReaderRules("US")).Identifiers;

        read.CanonicalPhone.ShouldBe("+447700900190");
        read.Country.ShouldBe("GB");
        read.Details!.Country.ShouldBe(country);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("N/A")]
    [InlineData("Narnia")]
    public void A_phone_without_a_usable_country_of_the_person_is_parsed_by_the_sources(string? country)
    {
        var texts = new PersonTexts(null, null, "(555) 987-6501") { Details = new PersonDetails { Country = country } };

        IdentifierReader.Read(texts, new ReaderRules("US")).Identifiers.CanonicalPhone.ShouldBe("+15559876501");
        IdentifierReader.Read(texts, new ReaderRules("")).FaultOf("phone").ShouldBe(IdentifierFault.NoCountry);
    }

    [Fact]
    public void Every_spelling_gives_one_alias_and_every_fault_is_reported()
    {
        var read = IdentifierReader.Read(
            new PersonTexts(new string('x', 201), "tt one@example.com", "4.479E+11")
            {
                Details = new PersonDetails { City = "null", DeviceId = "00000000-0000-0000-0000-000000000000" },
            },
            new ReaderRules("GB")
        );

        read.HasIdentifier.ShouldBeFalse();
        read.Faults.Select(fault => fault.ToString())
            .ShouldBe([
                "city: placeholder",
                "device_id: placeholder",
                "email: white_space",
                "phone: scientific_notation",
                "customer_id: too_long",
            ]);
        TikTokNormalizer
            .All[0]
            .Normalize(read.Identifiers, PersonField.Email, new char[Normalizer.MaxChars])
            .Reason.ShouldBe(CellReason.WhiteSpace);
        TikTokNormalizer
            .All[0]
            .Normalize(read.Identifiers, PersonField.Phone, new char[Normalizer.MaxChars])
            .Reason.ShouldBe(CellReason.Malformed);
        AliasText
            .Of(IdentifierReader.Read(null, "<Ann@Example.com>", null, "US"), IdentifierKind.Email)
            .ShouldBe(AliasText.Email("ann@example.com"));
    }

    [Fact]
    public void Every_fault_has_a_unique_code() => Enum.GetValues<IdentifierFault>().Select(fault => fault.Code()).ShouldBeUnique();

    private static PersonTexts In(string field, string text) =>
        field switch
        {
            "customer_id" => new PersonTexts(text, null, null),
            "email" => new PersonTexts(null, text, null),
            "phone" => new PersonTexts(null, null, text),
            "device_id" => new PersonTexts(null, null, null) { Details = new PersonDetails { DeviceId = text } },
            "country" => new PersonTexts(null, null, null) { Details = new PersonDetails { Country = text } },
            _ => new PersonTexts(null, null, null) { Details = new PersonDetails { LastName = text } },
        };
}
