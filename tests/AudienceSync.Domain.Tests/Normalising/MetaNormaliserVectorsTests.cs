using System.Text;
using AudienceSync.Domain.Normalising;

namespace AudienceSync.Domain.Tests.Normalising;

/// <summary>The worked vectors of contracts/meta.md 9.1 and the rows of 9.2 that concern e-mail and telephone.</summary>
public sealed class MetaNormaliserVectorsTests
{
    [Theory]
    [InlineData(" Mary@Example.com ", "mary@example.com", "f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79")]
    public void An_email_has_the_digest_of_the_contract(string raw, string normalised, string digest)
    {
        var text = MetaNormaliser.Email(raw, MetaNormaliser.Current);

        text.ShouldBe(normalised);
        Digest(text!).ShouldBe(digest);
    }

    [Theory]
    [InlineData("+1 (555) 987-6543", "15559876543", "1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e")]
    [InlineData("+1 (650) 555-1212", "16505551212", "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176")]
    [InlineData("00919876543210", "919876543210", "92b5072176e723878b5e06ff3ca61898e4eb74e8c46642a0f2db800b17364ab0")]
    [InlineData("+44 20 7946 0958", "442079460958", "35e206e5dec4c89b9e8b71b8c32724a5bb518483ac5a20c6617d738375b3b823")]
    public void A_phone_has_the_digest_of_the_contract(string raw, string normalised, string digest)
    {
        var text = MetaNormaliser.Phone(raw, "US", MetaNormaliser.Current);

        text.ShouldBe(normalised);
        Digest(text!).ShouldBe(digest);
    }

    [Fact]
    public void The_trunk_zero_that_the_mechanical_rule_leaves_in_is_taken_out_because_nobody_has_that_number()
    {
        const string mechanical = "40f19965b0d0ebba641dbd9309c3ac18542d9ad976c47f8d35347daea67ee2c2";

        var text = MetaNormaliser.Phone("+44 (0)20 7946 0958", "US", MetaNormaliser.Current);

        text.ShouldBe("442079460958");
        Digest(text!).ShouldNotBe(mechanical);
    }

    [Theory]
    [InlineData("+0044 20 7946 0958")]
    [InlineData("0044 20 7946 0958")]
    public void Leading_zeros_of_a_phone_are_stripped_per_the_document_though_the_SDKs_keep_them(string raw)
        => MetaNormaliser.Phone(raw, "US", MetaNormaliser.Current).ShouldBe("442079460958");

    [Fact]
    public void A_trailing_dot_of_an_email_is_kept_per_the_document_though_the_SDKs_strip_it()
        => MetaNormaliser.Email("mary@example.com.", MetaNormaliser.Current).ShouldBe("mary@example.com.");

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\t\r\n")]
    public void An_empty_cell_is_nothing_and_never_the_digest_of_the_empty_text(string raw)
    {
        MetaNormaliser.Email(raw, MetaNormaliser.Current).ShouldBeNull();
        MetaNormaliser.Phone(raw, "US", MetaNormaliser.Current).ShouldBeNull();
    }

    [Fact]
    public void A_phone_that_normalises_to_nothing_is_nothing_and_fails_no_batch()
        => MetaNormaliser.Phone("+0000000000", "US", MetaNormaliser.Current).ShouldBeNull();

    [Fact]
    public void A_digest_given_as_an_email_is_refused_because_hashed_input_is_declared()
        => MetaNormaliser.Email("f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79", MetaNormaliser.Current).ShouldBeNull();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(-1)]
    public void An_unknown_version_is_an_error_and_not_a_guess(short version)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => MetaNormaliser.Email("a@b.c", new NormaliserVersion(version)));
        Should.Throw<ArgumentOutOfRangeException>(() => MetaNormaliser.Phone("+15559876543", "US", new NormaliserVersion(version)));
    }

    private static string Digest(string text)
    {
        using var sha = new Sha256Hex();
        Span<byte> hex = stackalloc byte[Sha256Hex.Length];
        sha.Write(text, hex);
        return Encoding.ASCII.GetString(hex);
    }
}
