using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Identity;

/// <summary>Sample strings of RFC 3492, section 7.1, in lower case, and labels of registries.</summary>
public sealed class PunycodeTests
{
    [Theory]
    [InlineData("m\u00FCnchen", "xn--mnchen-3ya")]
    [InlineData("b\u00FCcher", "xn--bcher-kva")]
    [InlineData("stra\u00DFe", "xn--strae-oqa")]
    [InlineData("\u00FC", "xn--tda")]
    [InlineData("\u4F8B\u3048", "xn--r8jz45g")]
    [InlineData("\u4ED6\u4EEC\u4E3A\u4EC0\u4E48\u4E0D\u8BF4\u4E2D\u6587", "xn--ihqwcrb4cv8a8dqg056pqjye")]
    [InlineData(
        "\u0644\u064A\u0647\u0645\u0627\u0628\u062A\u0643\u0644\u0645\u0648\u0634\u0639\u0631\u0628\u064A\u061F",
        "xn--egbpdaj6bu4bxfgehfvwxn"
    )]
    [InlineData("pro\u010Dprost\u011Bnemluv\u00ED\u010Desky", "xn--proprostnemluvesky-uyb24dma41a")]
    [InlineData("3\u5E74b\u7D44\u91D1\u516B\u5148\u751F", "xn--3b-ww4c5e180e575a65lsy2b")]
    [InlineData("\uD83D\uDCA9", "xn--ls8h")]
    public void A_label_is_encoded_as_in_the_RFC(string label, string expected) => Punycode.Encode(label).ShouldBe(expected);

    [Fact]
    public void A_label_that_is_too_long_is_null() => Punycode.Encode(new string('\u00FC', 64)).ShouldBeNull();
}
