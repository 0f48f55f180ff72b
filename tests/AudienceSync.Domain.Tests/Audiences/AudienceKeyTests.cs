using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Tests.Audiences;

public sealed class AudienceKeyTests
{
    [Theory]
    [InlineData("high_intent_cart_7d_v1", "high_intent_cart_7d", 1)]
    [InlineData("a_v1", "a", 1)]
    [InlineData("a_v999999", "a", 999_999)]
    [InlineData("a_v10", "a", 10)]
    [InlineData("a_v1_v2", "a_v1", 2)]
    [InlineData("a_v_v3", "a_v", 3)]
    [InlineData("a__v4", "a_", 4)]
    [InlineData("v_v5", "v", 5)]
    public void A_key_is_a_name_and_a_version(string text, string audience, int version)
    {
        AudienceKey.TryParse(text, out var key).ShouldBeTrue();
        key.Audience.ShouldBe(audience);
        key.Version.ShouldBe(version);
        key.Value.ShouldBe(text);
        key.ToString().ShouldBe(text);
        AudienceKey.Of(audience, version).ShouldBe(key);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("cart")]
    [InlineData("cart_7d")]
    [InlineData("_v1")]
    [InlineData("__v1")]
    [InlineData("7d_cart_v1")]
    [InlineData("Cart_v1")]
    [InlineData("cart_V1")]
    [InlineData("cart-7d_v1")]
    [InlineData("cart 7d_v1")]
    [InlineData("cart.7d_v1")]
    [InlineData("cärt_v1")]
    [InlineData("cart_v")]
    [InlineData("cart_v0")]
    [InlineData("cart_v01")]
    [InlineData("cart_v-1")]
    [InlineData("cart_v+1")]
    [InlineData("cart_v1.0")]
    [InlineData("cart_v1_")]
    [InlineData("cart_v1000000")]
    [InlineData("cart_v99999999999999999999")]
    [InlineData("cart_v1 ")]
    [InlineData(" cart_v1")]
    [InlineData("cart_v1\n")]
    [InlineData("cart_v\u0661")]
    [InlineData("cart\0_v1")]
    public void Anything_else_is_not_a_key(string? text)
    {
        AudienceKey.TryParse(text, out var key).ShouldBeFalse();
        key.ShouldBe(default);
    }

    [Fact]
    public void A_key_may_have_as_many_characters_as_the_limit_allows_and_not_one_more()
    {
        var longest = new string('a', Limits.AudienceKeyChars - 3) + "_v1";
        longest.Length.ShouldBe(100);
        AudienceKey.TryParse(longest, out _).ShouldBeTrue();
        AudienceKey.TryParse("a" + longest, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("Cart", 1)]
    [InlineData("", 1)]
    [InlineData("cart", 0)]
    [InlineData("cart", -1)]
    [InlineData("cart", 1_000_000)]
    public void A_key_cannot_be_created_from_parts_that_could_not_be_parsed(string audience, int version) =>
        Should.Throw<ArgumentException>(() => AudienceKey.Of(audience, version));
}
