using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

public sealed class AliasTextTests
{
    [Theory]
    [InlineData("42")]
    [InlineData("Cust-1")]
    [InlineData("jos\u00E9")]
    public void A_canonical_customer_id_is_returned_without_a_copy(string raw)
        => AliasText.CustomerId(raw).ShouldBeSameAs(raw);

    [Theory]
    [InlineData(" 42\t", "42")]
    [InlineData("Cust-1 ", "Cust-1")]
    [InlineData("jose\u0301", "jos\u00E9")]
    public void A_customer_id_is_trimmed_and_composed_and_keeps_its_case(string raw, string expected)
        => AliasText.CustomerId(raw).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData(" \t ")]
    public void What_names_nobody_is_nothing(string raw)
        => AliasText.CustomerId(raw).ShouldBeNull();

    [Fact]
    public void A_lone_surrogate_makes_a_customer_id_unusable()
        => AliasText.CustomerId("a" + (char)0xD800).ShouldBeNull();

    [Fact]
    public void A_customer_id_has_at_most_200_characters_after_trimming()
    {
        AliasText.CustomerId(" " + new string('x', 200) + " ").ShouldBe(new string('x', 200));
        AliasText.CustomerId(new string('x', 201)).ShouldBeNull();
        AliasText.CustomerId(new string('\u0344', 150)).ShouldBeNull("it grows beyond 200 characters when composed");
    }

    [Fact]
    public void Two_spellings_of_an_address_are_one_alias()
    {
        AliasText.Email(" Ann@Example.com").ShouldBe(AliasText.Email("ann@example.com"));
        AliasText.Phone("(555) 987-6543", "US").ShouldBe(AliasText.Phone("+1 555 987 6543", "DE"));
    }

    [Fact]
    public void What_is_canonical_already_costs_no_allocation()
    {
        var bytes = Allocation.PerThousandOf(() =>
        {
            AliasText.Email("ann@example.com");
            AliasText.Phone("15559876543", "US");
            AliasText.CustomerId("42");
        });

        bytes.ShouldBe(0);
    }
}
