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
