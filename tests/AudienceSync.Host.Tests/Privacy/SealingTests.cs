using System.Security.Cryptography;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Tests.Privacy;

public sealed class SealingTests
{
    private static readonly byte[] Salt = [.. Enumerable.Range(0, Vault.SaltBytes).Select(n => (byte)n)];
    private static readonly PersonId Ann = new(Guid.Parse("11111111-1111-4111-8111-111111111111"));
    private static readonly PersonId Bob = new(Guid.Parse("22222222-2222-4222-8222-222222222222"));
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 20, 11, 123, TimeSpan.Zero);
    private static readonly IdentifierRevision Revision = Sealed("42", "ann@shop.example", "+1 555 987 6543", "US");

    private readonly Vault _vault = new(Keys(1));

    public static TheoryData<string?, string?, string?> Mixes =>
        new()
        {
            { "42", "ann@shop.example", "+1 555 987 6543" },
            { null, "ann@shop.example", null },
            { null, null, "0171 1234567" },
            { "customer \"42\" \u00e9\U0001F600", null, null },
        };

    [Theory]
    [MemberData(nameof(Mixes))]
    public void Identifiers_are_unchanged_after_sealing_and_opening(string? customer, string? email, string? phone)
    {
        var revision = Sealed(customer, email, phone, "DE");

        var cipher = _vault.Seal(Ann, 3, Salt, revision);
        var opened = _vault.Open(Ann, 3, 1, Salt, cipher);

        opened.Identifiers.ShouldBe(revision.Identifiers);
        _vault.OpenIdentifiers(Ann, 3, 1, Salt, cipher).ShouldBe(revision.Identifiers);
        opened.Own.CustomerId.ShouldBe(customer);
        opened.Own.Addresses.ShouldBe(revision.Own.Addresses);
        (opened.Own.Details, opened.Own.DetailsDigest, opened.Own.DetailsAt).ShouldBe(
            (revision.Own.Details, revision.Own.DetailsDigest, revision.Own.DetailsAt)
        );
    }

    [Fact]
    public void The_same_identifiers_sealed_twice_look_different() =>
        _vault.Seal(Ann, 1, Salt, Revision).ShouldNotBe(_vault.Seal(Ann, 1, Salt, Revision));

    [Fact]
    public void Another_master_key_salt_person_or_revision_opens_nothing()
    {
        var cipher = _vault.Seal(Ann, 1, Salt, Revision);
        var otherSalt = Vault.NewSalt();

        Should.Throw<AuthenticationTagMismatchException>(() => new Vault(Keys(2)).Open(Ann, 1, 1, Salt, cipher));
        Should.Throw<AuthenticationTagMismatchException>(() => _vault.Open(Ann, 1, 1, otherSalt, cipher));
        Should.Throw<AuthenticationTagMismatchException>(() => _vault.Open(Bob, 1, 1, Salt, cipher));
        Should.Throw<AuthenticationTagMismatchException>(() => _vault.Open(Ann, 2, 1, Salt, cipher));
    }

    [Fact]
    public void A_box_changed_at_any_byte_or_cut_at_any_length_does_not_open()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var box = SealedBox.Seal(key, "plain"u8, "ann"u8);
        for (var n = 0; n < box.Length; n++)
        {
            var changed = (byte[])box.Clone();
            changed[n] ^= 1;

            Should.Throw<AuthenticationTagMismatchException>(() => SealedBox.Open(key, changed, "ann"u8), $"byte {n}");
            Should.Throw<AuthenticationTagMismatchException>(() => SealedBox.Open(key, box.AsSpan(0, n), "ann"u8), $"{n} bytes");
        }

        SealedBox.Open(key, box, "ann"u8).ShouldBe("plain"u8.ToArray());
        SealedBox.Open(key, SealedBox.Seal(key, default, default), default).ShouldBeEmpty();
    }

    [Fact]
    public void A_body_opens_only_for_its_own_day_and_with_its_own_key()
    {
        var seal = new BodySeal(Keys(1), Secret(1));
        var box = seal.Seal(At, "{}"u8);

        seal.Open(At.AddHours(14), 1, box).ShouldBe("{}"u8.ToArray());
        Should.Throw<AuthenticationTagMismatchException>(() => seal.Open(At.AddDays(1), 1, box));
        Should.Throw<AuthenticationTagMismatchException>(() => new BodySeal(Keys(2), Secret(1)).Open(At, 1, box));
        seal.Open(At.ToOffset(TimeSpan.FromHours(14)), 1, box).ShouldBe("{}"u8.ToArray(), "the day is UTC, whatever the offset");
    }

    [Fact]
    public void A_fingerprint_depends_on_the_body_and_the_secret_and_not_on_the_master_key()
    {
        var seal = new BodySeal(Keys(1), Secret(1));

        seal.Fingerprint("a"u8).ShouldBe(seal.Fingerprint("a"u8));
        seal.Fingerprint("a"u8).ShouldNotBe(seal.Fingerprint("b"u8));
        seal.Fingerprint("a"u8).ShouldNotBe(new BodySeal(Keys(1), Secret(2)).Fingerprint("a"u8));
        seal.Fingerprint("a"u8).ShouldBe(new BodySeal(Keys(2), Secret(1)).Fingerprint("a"u8));
        seal.Fingerprint("a"u8).ShouldNotBe(Convert.ToHexStringLower(SHA256.HashData("a"u8)));
    }

    [Fact]
    public void Purposes_do_not_share_keys()
    {
        var key = Key(1);
        var derived = new[] { "audiencesync secret v1", "audiencesync person v1", "audiencesync body v1 20261121" }
            .Select(purpose =>
            {
                var bytes = new byte[MasterKey.KeyBytes];
                key.Derive(System.Text.Encoding.ASCII.GetBytes(purpose), default, bytes);
                return Convert.ToHexString(bytes);
            })
            .Append(Convert.ToHexString(key.CheckValue()));

        derived.ShouldBeUnique();
        key.ToString().ShouldBe("MasterKey(***)");
    }

    [Fact]
    public void A_box_opens_under_the_version_it_was_sealed_with_when_a_newer_one_exists()
    {
        var both = new MasterKeys(new MasterKey(2, Secret(2)), Key(1));
        var vault = new Vault(both);
        var seal = new BodySeal(both, Secret(9));
        var (old, fresh) = (_vault.Seal(Ann, 1, Salt, Revision), vault.Seal(Ann, 1, Salt, Revision));
        var (oldBody, freshBody) = (new BodySeal(Keys(1), Secret(9)).Seal(At, "old"u8), seal.Seal(At, "new"u8));

        vault.KeyVersion.ShouldBe((short)2);
        vault.Open(Ann, 1, 1, Salt, old).Identifiers.ShouldBe(Revision.Identifiers);
        vault.Open(Ann, 1, 2, Salt, fresh).Identifiers.ShouldBe(Revision.Identifiers);
        vault.Open(Ann, 1, 2, Salt, vault.Reseal(Ann, 1, 1, Salt, old)).Identifiers.ShouldBe(Revision.Identifiers);
        Should.Throw<AuthenticationTagMismatchException>(() => vault.Open(Ann, 1, 2, Salt, old));
        for (var again = 0; again < 2; again++)
        {
            seal.Open(At, 1, oldBody).ShouldBe("old"u8.ToArray());
            seal.Open(At, 2, freshBody).ShouldBe("new"u8.ToArray());
        }
    }

    [Fact]
    public void A_missing_version_is_reported()
    {
        var refused = Should.Throw<MasterKeyAbsentException>(() => _vault.Open(Ann, 1, 7, Salt, new byte[100]));

        refused.Message.ShouldContain("version 7");
        Should.Throw<MasterKeyAbsentException>(() => new BodySeal(Keys(1), Secret(9)).Open(At, 7, new byte[100]));
    }

    private static byte[] Secret(byte first) => [first, .. new byte[MasterKey.KeyBytes - 1]];

    private static MasterKey Key(byte first) => new(1, Secret(first));

    private static MasterKeys Keys(byte first) => new(Key(first));

    private static IdentifierRevision Sealed(string? customer, string? email, string? phone, string country)
    {
        var identifiers = new PersonIdentifiers(customer, email, phone, country)
        {
            Details = new PersonDetails { FirstName = "Ann", City = "K\u00f6ln" },
            Hashed = HashedFields.EmailSha256,
        };
        identifiers = identifiers with
        {
            CanonicalEmail = email?.ToLowerInvariant(),
            CanonicalPhone = phone is null ? null : "+1" + phone,
            Parser = IdentifierReader.ParserVersion,
        };
        Alias[] aliases = [Name(IdentifierKind.CustomerId, customer), Name(IdentifierKind.Email, email), Name(IdentifierKind.Phone, phone)];
        var own = new IdentifierClaims();
        own.Add(
            new Statement(
                [.. aliases.Where(alias => alias.Digest.Value != Guid.Empty)],
                identifiers,
                new AliasDigest(Guid.Parse("33333333-3333-4333-8333-333333333333")),
                At.AddTicks(10)
            )
        );
        return new IdentifierRevision(own, identifiers);
    }

    private static Alias Name(IdentifierKind kind, string? text) =>
        new(kind, new AliasDigest(text is null ? Guid.Empty : new Guid((int)kind, 1, 2, new byte[8])));
}
