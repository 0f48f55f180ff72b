using System.Security.Cryptography;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Tests.Privacy;

public sealed class AliasDigesterTests
{
    private static readonly byte[] Secret = [.. Enumerable.Repeat((byte)7, MasterKey.KeyBytes)];

    [Fact]
    public void The_same_text_has_the_same_digest_on_every_thread_and_host()
    {
        using var one = new AliasDigester(Secret);
        using var two = new AliasDigester(Secret);
        var expected = two.Digest(IdentifierKind.Email, "ann@shop.example");

        Parallel.For(0, 2_000, _ => one.Digest(IdentifierKind.Email, "ann@shop.example").ShouldBe(expected));
    }

    [Fact]
    public void The_kind_and_the_key_are_part_of_the_digest()
    {
        using var digester = new AliasDigester(Secret);
        using var other = new AliasDigester(new byte[MasterKey.KeyBytes]);

        var digests = new[] { IdentifierKind.CustomerId, IdentifierKind.Email, IdentifierKind.Phone }
            .Select(kind => digester.Digest(kind, "15559876543").Digest)
            .Append(other.Digest(IdentifierKind.Phone, "15559876543").Digest)
            .Append(new AliasDigest(new Guid(SHA256.HashData("15559876543"u8).AsSpan(0, 16), bigEndian: true)));

        digests.ShouldBeUnique();
    }

    [Theory]
    [InlineData(200)]
    [InlineData(5_000)]
    public void A_text_of_any_length_is_digested_completely(int chars)
    {
        using var digester = new AliasDigester(Secret);
        var text = new string('\u20ac', chars);

        digester.Digest(IdentifierKind.CustomerId, text + "a").ShouldNotBe(digester.Digest(IdentifierKind.CustomerId, text + "b"));
    }

    /// <summary>Digests are stored permanently: a change here would turn every known person into a new one.</summary>
    [Fact]
    public void A_digest_never_changes()
    {
        using var digester = new AliasDigester(Secret);
        var expected = HMACSHA256.HashData(Secret, (byte[])[2, .. "ann@shop.example"u8]);

        digester.Digest(IdentifierKind.Email, "ann@shop.example").Digest.Value.ShouldBe(new Guid(expected.AsSpan(0, 16), bigEndian: true));
    }

    [Fact]
    public void A_tombstone_depends_on_the_alias_secret_and_its_own_secret()
    {
        using var digester = new TombstoneDigester(Secret);
        using var other = new TombstoneDigester(new byte[MasterKey.KeyBytes]);
        var (one, two) = (new AliasDigest(Guid.Parse("00112233-4455-6677-8899-aabbccddeeff")), new AliasDigest(Guid.Empty));
        var expected = HMACSHA256.HashData(Secret, Convert.FromHexString("00112233445566778899AABBCCDDEEFF"));

        digester.Digest(one).ShouldBe(new Guid(expected.AsSpan(0, 16), bigEndian: true));
        new[] { digester.Digest(one), digester.Digest(two), other.Digest(one), one.Value }.ShouldBeUnique();
    }
}
