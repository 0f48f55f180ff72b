using System.Globalization;
using System.Text;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Tests.Normalizing;

public sealed class EmailTextTests
{
    [Theory]
    [InlineData("ann@example.com")]
    [InlineData("a+tag.x_y@sub.example.co.uk")]
    [InlineData("jos\u00E9@example.com")]
    public void A_canonical_address_is_returned_without_a_copy(string raw) => EmailText.Normalize(raw).ShouldBeSameAs(raw);

    [Theory]
    [InlineData("ANN@EXAMPLE.COM", "ann@example.com")]
    [InlineData("\u00A0ann@example.com\u2003", "ann@example.com")]
    [InlineData("\uFEFFann@example.com\u200B", "ann@example.com")]
    [InlineData("\u202Aann@example.com\u202C", "ann@example.com")]
    [InlineData("VAL\u00C9RY@example.com", "val\u00E9ry@example.com")]
    [InlineData("VALE\u0301RY@example.com", "val\u00E9ry@example.com")]
    [InlineData("J\u030C@example.com", "\u01F0@example.com")]
    [InlineData("\u1112\u1161\u11AB@example.com", "\uD55C@example.com")]
    [InlineData("\u212B@example.com", "\u00E5@example.com")]
    [InlineData("q\u0307\u0323@example.com", "q\u0323\u0307@example.com")]
    public void An_address_is_trimmed_lower_case_and_composed(string raw, string expected) => EmailText.Normalize(raw).ShouldBe(expected);

    [Theory]
    [InlineData("no-at-sign")]
    [InlineData("@example.com")]
    [InlineData("ann@")]
    [InlineData("@")]
    [InlineData("ann@@example.com")]
    [InlineData("ann@home@example.com")]
    [InlineData("an n@example.com")]
    [InlineData("ann@exam\tple.com")]
    [InlineData("ann\0@example.com")]
    [InlineData("ann\u007F@example.com")]
    [InlineData("a\u202Enn@example.com")]
    [InlineData("ann\uFEFF@example.com")]
    public void An_invalid_address_normalizes_to_null(string raw) => EmailText.Normalize(raw).ShouldBeNull();

    [Fact]
    public void A_lone_surrogate_makes_an_address_unusable_because_UTF_8_would_make_them_all_equal()
    {
        // Not theory data: attributes are stored as UTF-8 and would pass U+FFFD.
        string[] broken = ["\uD800ann@example.com", "ann@example.com\uDC00", "ann@exa\uDC00\uD800mple.com"];

        broken.ShouldAllBe(text => EmailText.Normalize(text) == null);
        EmailText.Normalize("\uD83D\uDE00@example.com").ShouldNotBeNull();
    }

    [Fact]
    public void A_text_of_ten_thousand_characters_is_not_an_address()
    {
        EmailText.Normalize(new string('a', 10_000) + "@example.com").ShouldBeNull();
        EmailText.Normalize(new string('A', 10_000) + "@example.com").ShouldBeNull();
        EmailText.Normalize("a" + new string('\u0301', 10_000) + "@example.com").ShouldBeNull();
        EmailText.Normalize(new string(' ', 10_000) + "ann@example.com").ShouldBe("ann@example.com");
    }

    [Fact]
    public void Normalizing_an_address_with_any_code_point_is_idempotent()
    {
        var wrong = new List<string>();
        for (var point = 0x20; point <= 0x10FFFF; point = point == 0xD7FF ? 0xE000 : point + 1)
        {
            var once = EmailText.Normalize(new Rune(point) + "a\u0301\u0323@x.y");
            if (once is not null && EmailText.Normalize(once) != once)
            {
                wrong.Add(point.ToString("X4", CultureInfo.InvariantCulture));
            }
        }

        wrong.ShouldBeEmpty();
    }
}
