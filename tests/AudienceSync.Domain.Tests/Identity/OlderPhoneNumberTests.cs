using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

public sealed class OlderPhoneNumberTests
{
    [Theory]
    [InlineData("US", "(555) 987-6543", "15559876543")]
    [InlineData("US", "1 555 987 6543", "15559876543")]
    [InlineData("us", "555.987.6543", "15559876543")]
    [InlineData("US", "011 44 20 7946 0958", "442079460958")]
    [InlineData("CA", "416-555-0123", "14165550123")]
    [InlineData("GB", "020 7946 0958", "442079460958")]
    [InlineData("GB", "07700 900123", "447700900123")]
    [InlineData("IN", "098765 43210", "919876543210")]
    [InlineData("IN", "9198765432", "919198765432")]
    [InlineData("DE", "030 901820", "4930901820")]
    [InlineData("DE", "0151 23456789", "4915123456789")]
    [InlineData("IT", "06 1234 5678", "390612345678")]
    [InlineData("IT", "347 123 4567", "393471234567")]
    [InlineData("SM", "0549 882914", "3780549882914")]
    [InlineData("FR", "06 12 34 56 78", "33612345678")]
    [InlineData("BR", "(011) 98765-4321", "5511987654321")]
    [InlineData("BR", "11 3456-7890", "551134567890")]
    [InlineData("RU", "8 (916) 123-45-67", "79161234567")]
    [InlineData("HU", "06 30 123 4567", "36301234567")]
    [InlineData("ES", "612 345 678", "34612345678")]
    public void A_national_number_is_read_by_its_country(string country, string raw, string expected) =>
        OlderPhoneNumber.Normalize(raw, country).ShouldBe(expected);

    [Theory]
    [InlineData("GB", "442079460958")]
    [InlineData("IN", "919876543210")]
    [InlineData("US", "15559876543")]
    [InlineData("FR", "33612345678")]
    [InlineData("BR", "5511987654321")]
    [InlineData("US", "442079460958")]
    [InlineData("GB", "15559876543")]
    public void Bare_digits_too_long_for_the_country_are_an_international_number_and_returned_unchanged(string country, string raw) =>
        OlderPhoneNumber.Normalize(raw, country).ShouldBeSameAs(raw);

    [Theory]
    [InlineData("+39 06 1234 5678", "390612345678")]
    [InlineData("+39 (0)6 1234 5678", "390612345678")]
    [InlineData("+378 0549 882914", "3780549882914")]
    [InlineData("+225 07 07 12 34 56", "2250707123456")]
    public void A_country_that_keeps_its_trunk_zero_keeps_it_in_international_numbers(string raw, string expected) =>
        OlderPhoneNumber.Normalize(raw, "US").ShouldBe(expected);

    [Theory]
    [InlineData("tel:+44-20-7946-0958")]
    [InlineData("\u202A+44 20 7946 0958\u202C")]
    [InlineData("\uFF0B\uFF14\uFF14 20 7946 0958")]
    [InlineData("+\u0664\u0664 \u0662\u0660 \u0667\u0669\u0664\u0666 \u0660\u0669\u0665\u0668")]
    [InlineData("+44\u00A020\u20097946\u20110958")]
    [InlineData("+44 020 7946 0958")]
    public void Symbols_letters_direction_marks_and_digits_of_other_scripts_do_not_matter(string raw) =>
        OlderPhoneNumber.Normalize(raw, "US").ShouldBe("442079460958");

    [Theory]
    [InlineData("US", "555-1234")]
    [InlineData("US", "1234567890123456")]
    [InlineData("US", "+1234567")]
    [InlineData("US", "+1234567890123456")]
    [InlineData("US", "no number at all")]
    [InlineData("US", "1-800-FLOWERS")]
    [InlineData("US", "\0")]
    [InlineData("US", "\uD800\uDC00\uD800")]
    [InlineData("GB", "+44 0")]
    [InlineData("ZZ", "020 7946 0958")]
    [InlineData("", "020 7946 0958")]
    [InlineData("USA", "555 987 6543")]
    [InlineData("\u00C4\u00D6", "555 987 6543")]
    public void A_text_that_is_not_a_number_is_null(string country, string raw) => OlderPhoneNumber.Normalize(raw, country).ShouldBeNull();

    [Theory]
    [InlineData("ZZ")]
    [InlineData("")]
    public void An_international_number_needs_no_country(string country) =>
        OlderPhoneNumber.Normalize("+44 20 7946 0958", country).ShouldBe("442079460958");

    [Fact]
    public void Ten_thousand_characters_are_refused_or_read_without_failure()
    {
        OlderPhoneNumber.Normalize(new string('9', 10_000), "US").ShouldBeNull();
        OlderPhoneNumber.Normalize("+" + new string(' ', 10_000) + "15559876543", "US").ShouldBe("15559876543");
    }

    [Fact]
    public void Every_country_of_ISO_3166_has_a_row()
    {
        const string all =
            "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
            + "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG "
            + "EH ER ES ET FI FJ FK FM FO FR GA GB GD GE "
            + "GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ "
            + "IR IS IT JE JM JO JP KE KG KH KI KM KN KP "
            + "KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP "
            + "MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF "
            + "NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU "
            + "RW SA SB SC SD SE SG SH SI SJ SK SL SM SN "
            + "SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US "
            + "UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA "
            + "ZM ZW";
        var countries = all.Split(' ');

        countries.Length.ShouldBe(249);
        // A number of ten digits is too long for some islands, one of four is too short for E.164; one of the two lengths fits everywhere.
        countries
            .Where(c => OlderPhoneNumber.Normalize("6123456789", c) is null && OlderPhoneNumber.Normalize("61234", c) is null)
            .ShouldBeEmpty();
    }
}
