using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Identity;

/// <summary>Email addresses as left by exports, address books and web pages.</summary>
public sealed class EmailReaderTests(ITestOutputHelper output)
{
    private static readonly string[] Locals = ["ann", "a.b", "ann+news", "o'brien", "x_y-z", "1", "jos\u00E9", "a&b", "%x%"];

    private static readonly string[] Domains = ["example.com", "shop.example.co.uk", "xn--mnchen-3ya.de", "a-b.io", "1.example"];

    private static readonly (string Before, string Behind)[] Artifacts =
    [
        ("mailto:", ""),
        ("MAILTO:", "?subject=Hi"),
        ("<", ">"),
        ("\"", "\""),
        ("'", "'"),
        ("(", ")"),
        ("[", "]"),
        ("", "."),
        ("", ","),
        ("", ";"),
        ("", ".."),
        (" ", "\t"),
        ("\u00A0", "\u200B"),
        ("Ann Lee <", ">"),
        ("\"Lee, Ann\" <", ">"),
        ("&lt;", "&gt;"),
        ("&quot;", "&quot;"),
        ("", " (Ann)"),
        (", ", ""),
        ("<mailto:", ">"),
        ("\\\"", "\\\""),
        ("", ">"),
        ("\u201C", "\u201D"),
        ("", ";;"),
        ("", "\\n"),
        ("\uFEFF", ""),
        ("Email: ", ""),
    ];

    [Theory]
    [InlineData("x@example.com.", "x@example.com")]
    [InlineData("<x@example.com>", "x@example.com")]
    [InlineData("y1@example.com,", "y1@example.com")]
    [InlineData("x@example.com;", "x@example.com")]
    [InlineData("mailto:x@example.com", "x@example.com")]
    [InlineData("\"x@example.com\"", "x@example.com")]
    [InlineData("o&#39;brien@example.com", "o'brien@example.com")]
    [InlineData("a&amp;b@example.com", "a&b@example.com")]
    [InlineData("a&amp;amp;b@example.com", "a&b@example.com")]
    [InlineData("&lt;x@example.com&gt;", "x@example.com")]
    [InlineData("Ann Lee <Ann@Example.com>", "ann@example.com")]
    [InlineData("ann@example.com <ann@example.com>", "ann@example.com")]
    [InlineData("x%40example.com", "x@example.com")]
    [InlineData("Jane.Doe+news@Gmail.com", "jane.doe+news@gmail.com")]
    [InlineData("x@M\u00DCNCHEN.de", "x@xn--mnchen-3ya.de")]
    [InlineData("x@mu\u0308nchen.de", "x@xn--mnchen-3ya.de")]
    [InlineData("x@XN--MNCHEN-3YA.de", "x@xn--mnchen-3ya.de")]
    [InlineData("x@stra\u00DFe.de", "x@xn--strae-oqa.de")]
    [InlineData("x@\u4F8B\u3048\u3002jp", "x@xn--r8jz45g.jp")]
    [InlineData("x@\uFF25\uFF38\uFF21\uFF2D\uFF30\uFF2C\uFF25.com", "x@example.com")]
    [InlineData("VALE\u0301RY@example.com", "val\u00E9ry@example.com")]
    public void Text_that_cannot_be_part_of_an_address_is_removed(string raw, string expected) =>
        EmailReader.Read(raw).ShouldBe(new FieldReading(expected, IdentifierFault.None));

    [Theory]
    [InlineData("x@example", IdentifierFault.NoDottedDomain)]
    [InlineData("user@localhost", IdentifierFault.NoDottedDomain)]
    [InlineData("tt one@example.com", IdentifierFault.WhiteSpace)]
    [InlineData("x@exam ple.com", IdentifierFault.WhiteSpace)]
    [InlineData("a@example.com,b@example.com", IdentifierFault.SeveralAddresses)]
    [InlineData("a@example.com; b@example.com", IdentifierFault.SeveralAddresses)]
    [InlineData("a@example.com b@example.com", IdentifierFault.SeveralAddresses)]
    [InlineData("A <a@example.com>, B <b@example.com>", IdentifierFault.SeveralAddresses)]
    [InlineData("no-at-sign", IdentifierFault.NotAnAddress)]
    [InlineData("@example.com", IdentifierFault.NotAnAddress)]
    [InlineData("ann@", IdentifierFault.NotAnAddress)]
    [InlineData("ann@@example.com", IdentifierFault.NotAnAddress)]
    [InlineData("ann@home@example.com", IdentifierFault.NotAnAddress)]
    [InlineData("ann@example..com", IdentifierFault.InvalidDomain)]
    [InlineData("ann@.example.com", IdentifierFault.InvalidDomain)]
    [InlineData("ann@-example.com", IdentifierFault.InvalidDomain)]
    [InlineData("ann@example-.com", IdentifierFault.InvalidDomain)]
    [InlineData("ann@exa_mple.com", IdentifierFault.InvalidDomain)]
    [InlineData("ann@1.2.3.4", IdentifierFault.InvalidDomain)]
    [InlineData("ann@example.com/path", IdentifierFault.InvalidDomain)]
    [InlineData("ann\0@example.com", IdentifierFault.InvalidText)]
    [InlineData("a\u202Enn@example.com", IdentifierFault.InvalidText)]
    [InlineData("f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79", IdentifierFault.UndeclaredDigest)]
    public void A_text_that_is_not_an_address_is_never_hashed(string raw, IdentifierFault expected) =>
        EmailReader.Read(raw).ShouldBe(new FieldReading(null, expected));

    [Fact]
    public void A_canonical_address_is_returned_without_a_copy()
    {
        const string address = "a+tag.x_y@sub.example.co.uk";
        EmailReader.Read(address).Text.ShouldBeSameAs(address);
    }

    [Fact]
    public void Long_and_broken_texts_have_distinct_faults()
    {
        // Not theory data: attributes are stored as UTF-8 and would pass U+FFFD.
        EmailReader.Read("\uD800ann@example.com").Fault.ShouldBe(IdentifierFault.InvalidText);
        EmailReader.Read(new string('a', 65) + "@example.com").Fault.ShouldBe(IdentifierFault.TooLong);
        EmailReader.Read(new string('a', 10_000) + "@example.com").Fault.ShouldBe(IdentifierFault.TooLong);
        EmailReader.Read("a@" + string.Join('.', Enumerable.Repeat("b", 200))).Fault.ShouldBe(IdentifierFault.InvalidDomain);
        EmailReader.Read("a@" + new string('\u00FC', 70) + ".de").Fault.ShouldBe(IdentifierFault.InvalidDomain);
        EmailReader.Read(new string(' ', 10_000) + "ann@example.com").Text.ShouldBe("ann@example.com");
    }

    [Fact]
    public void Artifacts_are_removed_in_any_order()
    {
        var random = Seeds.Of(output, 20261202);
        for (var i = 0; i < 20_000; i++)
        {
            var address = random.Any(Locals) + "@" + random.Any(Domains);
            var written = random.Next(2) == 0 ? address : address.ToUpperInvariant();
            var (before, behind) = random.Any(Artifacts);
            written = before + written + behind;
            if (random.Next(2) == 0)
            {
                (before, behind) = random.Any([
                    ("\"", "\""),
                    ("'", "'"),
                    (" ", " "),
                    ("<", ">"),
                    ("", ","),
                    ("", ";"),
                    ("", "."),
                    ("\u00A0", "\r\n"),
                ]);
                written = before + written + behind;
            }

            EmailReader.Read(written).Text.ShouldBe(address, $"case {i}: {written}");
        }
    }

    /// <summary>Letters of several scripts, as composed, as decomposed, and as capitals.</summary>
    private static readonly (string Letter, string Decomposed, string Capital)[] Letters =
    [
        ("a", "a", "A"),
        ("z", "z", "Z"),
        ("7", "7", "7"),
        ("\u00FC", "u\u0308", "\u00DC"),
        ("\u00E9", "e\u0301", "\u00C9"),
        ("\u00F1", "n\u0303", "\u00D1"),
        ("\u0161", "s\u030C", "\u0160"),
        ("\u00F8", "\u00F8", "\u00D8"),
        ("\u0142", "\u0142", "\u0141"),
        ("\u0434", "\u0434", "\u0414"),
        ("\u0439", "\u0438\u0306", "\u0419"),
        ("\u03B4", "\u03B4", "\u0394"),
        ("\u03CE", "\u03C9\u0301", "\u038F"),
        ("\u4F8B", "\u4F8B", "\u4F8B"),
        ("\u3048", "\u3048", "\u3048"),
        ("\uAC00", "\u1100\u1161", "\uAC00"),
        ("\u0905", "\u0905", "\u0905"),
    ];

    [Fact]
    public void A_domain_in_unicode_and_in_punycode_is_one_address_however_it_is_written()
    {
        // .NET's encoder, which with the invariant globalization of the tests maps nothing.
        var encoder = new System.Globalization.IdnMapping { AllowUnassigned = true };
        var random = Seeds.Of(output, 20261206);
        var domains = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < 5_000; i++)
        {
            var labels = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Label(random)).ToList();
            var (unicode, ascii) = (
                string.Join('.', labels.Select(label => string.Concat(label.Select(letter => letter.Letter)))) + ".example",
                string.Join('.', labels.Select(label => encoder.GetAscii(string.Concat(label.Select(letter => letter.Letter)))))
                    + ".example"
            );
            var expected = "x@" + ascii;
            string[] forms =
            [
                "x@" + unicode,
                "X@" + ascii.ToUpperInvariant(),
                "x@" + string.Join('.', labels.Select(label => string.Concat(label.Select(letter => letter.Decomposed)))) + ".example",
                "x@" + string.Join('.', labels.Select(label => string.Concat(label.Select(letter => letter.Capital)))) + ".EXAMPLE",
                "x@" + unicode.Replace('.', '\u3002'),
                $"<mailto:x@{unicode}>",
                $"x@{unicode}.,",
            ];
            foreach (var form in forms)
            {
                EmailReader.Read(form).ShouldBe(new FieldReading(expected, IdentifierFault.None), $"case {i}: {form}");
                AliasText.Email(form).ShouldBe(AliasText.Email(expected), $"case {i}: {form}");
            }

            domains.TryAdd(ascii, unicode);
            domains[ascii].ShouldBe(unicode, "two domains are never one");
        }
    }

    /// <summary>Whatever surrounds it, what is not an address has a reason, no alias and no hash.</summary>
    [Fact]
    public void What_is_no_address_is_never_hashed_whatever_surrounds_it()
    {
        var random = Seeds.Of(output, 20261207);
        for (var i = 0; i < 20_000; i++)
        {
            var (local, domain) = (random.Any(Locals), random.Any(Domains));
            var (wrong, expected) = Wrong(random, local, domain);
            EmailReader.Read(wrong).ShouldBe(new FieldReading(null, expected), $"case {i}: {wrong}");

            var (before, behind) = random.Any(Artifacts);
            var written = before + wrong + behind;
            var person = IdentifierReader.Read("c", written, null, "US");
            person.CanonicalEmail.ShouldBeNull($"case {i}: {written}");
            AliasText.Of(person, IdentifierKind.Email).ShouldBeNull($"case {i}: {written}");
            foreach (var normalizer in Normalizers.BuiltIn.All)
            {
                normalizer
                    .Normalize(person, PersonField.Email, new char[Normalizer.MaxChars])
                    .Reason.ShouldNotBe(CellReason.None, $"case {i}: {written}");
            }
        }
    }

    // Hebrew is written from the right, and not mixed with others in a label.
    private static List<(string Letter, string Decomposed, string Capital)> Label(Random random) =>
        random.Next(10) == 0
            ?
            [
                .. Enumerable
                    .Range(0, random.Next(1, 9))
                    .Select(_ => (char)random.Next('\u05D0', '\u05EB'))
                    .Select(letter => ($"{letter}", $"{letter}", $"{letter}")),
            ]
            : [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Any(Letters))];

    private static (string Text, IdentifierFault Fault) Wrong(Random random, string local, string domain) =>
        random.Next(12) switch
        {
            0 => ($"{local}@{domain.Replace(".", "", StringComparison.Ordinal)}", IdentifierFault.NoDottedDomain),
            1 => ($"{local}@localhost", IdentifierFault.NoDottedDomain),
            2 => ($"{local}@{domain.Replace(".", "..", StringComparison.Ordinal)}", IdentifierFault.InvalidDomain),
            3 => ($"{local}@-{domain}", IdentifierFault.InvalidDomain),
            4 => ($"{local}@{domain.Replace(".", "-.", StringComparison.Ordinal)}", IdentifierFault.InvalidDomain),
            5 => ($"{local}@a_b.{domain}", IdentifierFault.InvalidDomain),
            6 => ($"{local}@192.168.{random.Next(256)}.{random.Next(256)}", IdentifierFault.InvalidDomain),
            7 => ($"{local}@{new string('a', 64)}.{domain}", IdentifierFault.InvalidDomain),
            8 => ($"{local}@{domain}/path", IdentifierFault.InvalidDomain),
            9 => ($"{local} {local}@{domain}", IdentifierFault.WhiteSpace),
            10 => ($"{local}@{domain}, {local}@{domain}", IdentifierFault.SeveralAddresses),
            _ => ($"{local}.{domain}", IdentifierFault.NotAnAddress),
        };

    [Fact]
    public void A_canonical_address_is_read_again_unchanged_and_has_a_dotted_domain()
    {
        const string likely = "aA@@..-<>\"',; \u00FC\u00DF\u0301\u200D\u3002&lt;+xn--09";
        var random = Seeds.Of(output, 20261203);
        for (var i = 0; i < 50_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => random.Any(likely.ToCharArray())));
            if (EmailReader.Read(text).Text is { } once)
            {
                EmailReader.Read(once).Text.ShouldBe(once, $"case {i}: {text}");
                once[(once.IndexOf('@', StringComparison.Ordinal) + 1)..]
                    .ShouldMatch(@"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$", $"case {i}: {text}");
            }
        }
    }
}
