using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Tests.Normalizing;

public sealed class Sha256HexTests
{
    [Theory]
    [InlineData("mary@example.com")]
    [InlineData("val\u00E9ry@example.com")]
    [InlineData("\uC815")]
    [InlineData("15559876543")]
    public void A_digest_is_that_of_the_UTF_8_bytes_in_lower_case_hex(string text)
    {
        var expected = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        using var sha = new Sha256Hex();
        Span<byte> bytes = stackalloc byte[Sha256Hex.Length];
        Span<char> chars = stackalloc char[Sha256Hex.Length];

        sha.Write(text, bytes);
        sha.Write(text, chars);

        Encoding.ASCII.GetString(bytes).ShouldBe(expected);
        new string(chars).ShouldBe(expected);
    }

    [Fact]
    public void A_long_text_is_hashed_like_a_short_one()
    {
        var text = new string('\u00E9', 10_000);
        using var sha = new Sha256Hex();
        Span<char> hex = stackalloc char[Sha256Hex.Length];

        sha.Write(text, hex);

        new string(hex).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void A_buffer_that_is_too_small_is_an_error()
    {
        using var sha = new Sha256Hex();
        Should.Throw<ArgumentException>(() => sha.Write("a", new byte[Sha256Hex.Length - 1]));
        Should.Throw<ArgumentException>(() => sha.Write("a", new char[Sha256Hex.Length - 1]));
    }

    [Fact]
    public void Hashing_allocates_nothing()
    {
        using var sha = new Sha256Hex();
        var hex = new byte[Sha256Hex.Length];

        Allocation.PerThousandOf(() => sha.Write("mary@example.com", hex)).ShouldBe(0);
    }
}
