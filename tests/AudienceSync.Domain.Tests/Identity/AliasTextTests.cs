using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

public sealed class AliasTextTests
{
    [Theory]
    [InlineData("42")]
    [InlineData("Cust-1")]
    [InlineData("jos\u00E9")]
    public void A_canonical_customer_id_is_returned_without_a_copy(string raw) => AliasText.CustomerId(raw).ShouldBeSameAs(raw);

    [Theory]
    [InlineData(" 42\t", "42")]
    [InlineData("Cust-1 ", "Cust-1")]
    [InlineData("jose\u0301", "jos\u00E9")]
    public void A_customer_id_is_trimmed_and_composed_and_keeps_its_case(string raw, string expected) =>
        AliasText.CustomerId(raw).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData(" \t ")]
    public void A_customer_id_without_usable_text_is_null(string raw) => AliasText.CustomerId(raw).ShouldBeNull();

    [Fact]
    public void A_lone_surrogate_makes_a_customer_id_unusable() => AliasText.CustomerId("a" + (char)0xD800).ShouldBeNull();

    [Fact]
    public void A_customer_id_has_at_most_200_characters_after_trimming()
    {
        AliasText.CustomerId(" " + new string('x', 200) + " ").ShouldBe(new string('x', 200));
        AliasText.CustomerId(new string('x', 201)).ShouldBeNull();
        AliasText.CustomerId(new string('\u0344', 150)).ShouldBeNull("it grows beyond 200 characters when composed");
    }

    [Fact]
    public void Two_spellings_of_an_address_give_one_alias()
    {
        AliasText.Email(" Ann@Example.com").ShouldBe(AliasText.Email("ann@example.com"));
        AliasText.Phone("(555) 987-6543", "US").ShouldBe(AliasText.Phone("+1 555 987 6543", "DE"));
    }

    [Fact]
    public void A_canonical_customer_id_costs_no_allocation() => Allocation.PerThousandOf(() => AliasText.CustomerId("42")).ShouldBe(0);

    /// <summary>Stored as keyed digests permanently: after a change here no person would be recognized.</summary>
    [Fact]
    public void The_alias_text_of_an_address_is_its_digest_and_never_changes()
    {
        AliasText.Email("Mary@Example.com").ShouldBe("f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79");
        AliasText.Phone("(555) 987-6543", "US").ShouldBe("1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e");
    }

    [Fact]
    public void A_source_that_hashes_and_one_that_does_not_name_the_same_person()
    {
        AliasText
            .Email(" F1904CF1A9D73A55FA5DE0AC823C4403DED71AFD4C3248D00BDCD0866552BB79", HashedFields.EmailSha256)
            .ShouldBe(AliasText.Email("mary@example.com"));
        AliasText
            .Phone("1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e", "", HashedFields.PhoneSha256Digits)
            .ShouldBe(AliasText.Phone("+15559876543", "US"));
    }

    [Fact]
    public void A_digest_of_a_phone_with_its_plus_is_a_separate_identifier() =>
        AliasText
            .Phone("1EF970831D7963307784FA8688E8FCE101A15685D62AA765FED23F3A2C576A4E", "", HashedFields.PhoneSha256E164)
            .ShouldBe("e164:1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e");

    [Fact]
    public void An_identifier_that_is_not_in_its_declared_form_names_no_person()
    {
        const string digest = "1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e";

        AliasText.Email("mary@example.com", HashedFields.EmailSha256).ShouldBeNull();
        AliasText.Email(digest).ShouldBeNull();
        AliasText.Phone("+15559876543", "US", HashedFields.PhoneSha256Digits).ShouldBeNull();
        AliasText.Phone("+15559876543", "US", HashedFields.PhoneSha256E164).ShouldBeNull();
        AliasText.Phone(digest, "US").ShouldBeNull();
        AliasText.Phone("1" + new string('a', 62) + "2", "US").ShouldBeNull();
        AliasText
            .Email("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", HashedFields.EmailSha256)
            .ShouldBeNull("the digest of nothing");
    }
}
