using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Tests.Normalizing;

public sealed class CountriesTests
{
    [Theory]
    [InlineData("US", "US")]
    [InlineData("us", "US")]
    [InlineData("U.S.", "US")]
    [InlineData("U.S.A.", "US")]
    [InlineData("usa", "US")]
    [InlineData("United States", "US")]
    [InlineData("The United States of America", "US")]
    [InlineData("UK", "GB")]
    [InlineData("United Kingdom", "GB")]
    [InlineData(" deu ", "DE")]
    [InlineData("Deutschland", "DE")]
    [InlineData("C\u00F4te d'Ivoire", "CI")]
    [InlineData("T\u00FCrkiye", "TR")]
    [InlineData("NA", "NA")]
    public void A_country_has_its_code_under_any_of_its_names(string raw, string expected) => Countries.CodeOf(raw).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("ZZ")]
    [InlineData("Narnia")]
    [InlineData("1")]
    [InlineData("\u00C4\u00D6")]
    public void A_text_that_is_not_a_country_has_no_code(string raw) => Countries.CodeOf(raw).ShouldBeNull();

    [Fact]
    public void Phone_numbers_of_every_country_can_be_read()
    {
        var codes =
            from a in Enumerable.Range('A', 26)
            from b in Enumerable.Range('A', 26)
            let code = $"{(char)a}{(char)b}"
            where Countries.IsCode(code)
            select code;

        codes.Count().ShouldBe(252, "ISO 3166-1 has 249, and there are XK, AC and TA");
        // The number may be wrong, but not because the country is unknown.
        codes.Where(code => PhoneReader.Read("6123456789", code).Fault == IdentifierFault.NoCountry).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(NormalizerFamily.Meta, "us")]
    [InlineData(NormalizerFamily.Google, "US")]
    public void U_S_is_the_country_us(NormalizerFamily family, string expected) =>
        Normalizers.BuiltIn.Current(family).Text(Someone.With(PersonField.Country, "U.S."), PersonField.Country).ShouldBe(expected);

    [Theory]
    [InlineData(" Alex Dr. ", "alex")]
    [InlineData("Mr. Alex, Dr.", "alex")]
    [InlineData("Alex Dr. Mr.", "alex")]
    [InlineData(" Mr. Alex   ", "alex")]
    [InlineData("Alexdr.", "alexdr.")]
    [InlineData("Dr.", null)]
    public void Google_takes_a_given_name_without_titles_on_either_side(string raw, string? expected) =>
        Normalizers
            .BuiltIn.Current(NormalizerFamily.Google)
            .Text(Someone.With(PersonField.FirstName, raw), PersonField.FirstName)
            .ShouldBe(expected);

    [Fact]
    public void Earlier_versions_stay_because_members_were_delivered_under_them()
    {
        GoogleNormalizer.Version1.Text(Someone.With(PersonField.FirstName, "Alex Dr."), PersonField.FirstName).ShouldBe("alex dr.");
        MetaNormalizer.Version1.Text(Someone.With(PersonField.Country, "U.S."), PersonField.Country).ShouldBeNull();
        Normalizers
            .BuiltIn.Current(NormalizerFamily.Meta)
            .Text(Someone.With(PersonField.State, "New York", "U.S."), PersonField.State)
            .ShouldBe("ny");
        Normalizers
            .BuiltIn.Current(NormalizerFamily.Meta)
            .Text(Someone.With(PersonField.PostalCode, "94035-1234", "United States"), PersonField.PostalCode)
            .ShouldBe("94035");
    }
}
