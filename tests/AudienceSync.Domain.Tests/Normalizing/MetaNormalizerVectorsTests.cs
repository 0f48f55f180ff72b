using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using static AudienceSync.Domain.Normalizing.PersonField;

namespace AudienceSync.Domain.Tests.Normalizing;

/// <summary>The worked vectors of contracts/meta.md 9.1, and every row of 9.2.</summary>
public sealed class MetaNormalizerVectorsTests
{
    private static readonly Normalizer Meta = Normalizers.For(NormalizerFamily.Meta, MetaNormalizer.Current);

    [Theory]
    [InlineData(Email, "", " Mary@Example.com ", "mary@example.com", "f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79")]
    [InlineData(Phone, "US", "+1 (555) 987-6543", "15559876543", "1ef970831d7963307784fa8688e8fce101a15685d62aa765fed23f3a2c576a4e")]
    [InlineData(Phone, "US", "+1 (650) 555-1212", "16505551212", "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176")]
    [InlineData(Phone, "US", "00919876543210", "919876543210", "92b5072176e723878b5e06ff3ca61898e4eb74e8c46642a0f2db800b17364ab0")]
    [InlineData(Phone, "US", "+44 20 7946 0958", "442079460958", "35e206e5dec4c89b9e8b71b8c32724a5bb518483ac5a20c6617d738375b3b823")]
    [InlineData(Gender, "", "Male", "m", "62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a")]
    [InlineData(Gender, "", "F", "f", "252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111")]
    [InlineData(BirthYear, "", "1990", "1990", "a7be8e1fe282a37cd666e0632b17d933fa13f21addf4798fc0455bc166e2488c")]
    [InlineData(BirthMonth, "", "1990-2", "02", "a953f09a1b6b6725b81956e9ad0b1eb49e3ad40004c04307ef8af6246a054116")]
    [InlineData(BirthDay, "", "1990-2-15", "15", "e629fa6598d732768f7c726b4b621285f9c3b85303900aa912017db7617d8bdb")]
    [InlineData(FirstName, "", "Mary", "mary", "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec")]
    [InlineData(FirstName, "", "Val\u00E9ry", "val\u00E9ry", "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c")]
    [InlineData(FirstName, "", "Vale\u0301ry", "val\u00E9ry", "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c")]
    [InlineData(FirstName, "", "\uC815", "\uC815", "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14")]
    [InlineData(LastName, "", "O'Brien", "obrien", "b4cb6cb33fe4b865868de825023a1e2790dc12ac01ecc8d7c5afe8254071c8ba")]
    [InlineData(LastName, "", "Doe", "doe", "799ef92a11af918e3fb741df42934f3b568ed2d93ac1df74f1b8d41a27932a6f")]
    [InlineData(FirstInitial, "", "J", "j", "189f40034be7a199f1fa9891668ee3ab6049f82d38c68be70f596eab2e1857b7")]
    [InlineData(City, "", "San Francisco", "sanfrancisco", "1a6bd4d9d79dc0a79b53795c70d3349fa9e38968a3fbefbfe8783efb1d2b6aac")]
    [InlineData(State, "US", "California", "ca", "6959097001d10501ac7d54c0bdb8db61420f658f2922cc26e46d536119a31126")]
    [InlineData(State, "", "CA", "ca", "6959097001d10501ac7d54c0bdb8db61420f658f2922cc26e46d536119a31126")]
    [InlineData(State, "", "New York", "ny", "1b06e2003f8420d6fa42badd8f77ec0f706b976b7a48b13c567dc5a559681683")]
    [InlineData(PostalCode, "US", "94035-1234", "94035", "1794327a4d443904421f5ca1f3d72d0a62ba2f0770d80755ec2220fc0efb052e")]
    [InlineData(PostalCode, "", "94035-1234", "94035", "1794327a4d443904421f5ca1f3d72d0a62ba2f0770d80755ec2220fc0efb052e")]
    [InlineData(PostalCode, "GB", "M1 1AE", "m11ae", "1dc694c2070e697769fb959b50671d76cafd430d8ca191fbdd0affcaea344ac5")]
    [InlineData(PostalCode, "CA", " K1A 0A6 ", "k1a0a6", "88bb605b795a6637a208420a8fb91caff1c1d332a5a218cabf16d3e88d905b2d")]
    [InlineData(Country, "", "US", "us", "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621")]
    [InlineData(Country, "", "IN", "in", "582967534d0f909d196b97f9e6921342777aea87b46fa52df165389db1fb8ccf")]
    public void Section_9_1_a_cell_has_the_digest_of_the_contract(
        PersonField field,
        string country,
        string raw,
        string normalized,
        string digest
    )
    {
        var person = Someone.With(field, raw, country);

        Meta.Text(person, field).ShouldBe(normalized);
        Meta.Sent(person, field).ShouldBe(digest);
    }

    [Theory]
    [InlineData(DeviceId, "EA7583CD-A667-48BC-B806-42ECB2B48606", "ea7583cd-a667-48bc-b806-42ecb2b48606")]
    [InlineData(ExternalId, "Cust-1", "Cust-1")]
    public void Section_9_1_an_id_is_not_hashed(PersonField field, string raw, string expected) =>
        Meta.Sent(Someone.With(field, raw), field).ShouldBe(expected);

    [Fact]
    public void Section_9_1_the_trunk_zero_kept_by_the_mechanical_rule_is_removed_because_no_one_has_that_number()
    {
        var person = Someone.With(Phone, "+44 (0)20 7946 0958", "US");

        Meta.Text(person, Phone).ShouldBe("442079460958");
        Meta.Sent(person, Phone).ShouldNotBe("40f19965b0d0ebba641dbd9309c3ac18542d9ad976c47f8d35347daea67ee2c2");
    }

    [Fact]
    public void Section_9_1_the_decomposed_name_is_never_hashed_unchanged_because_the_two_spellings_would_never_match() =>
        Meta.Sent(Someone.With(FirstName, "Vale\u0301ry"), FirstName)
            .ShouldNotBe("0aac459e98cd41b938bef8bd61c205563f95c46cf2e6d3c8ff1a9312f3924cce");

    [Theory]
    // ZIP+4: one implementation hashes all nine digits; the document specifies five.
    [InlineData(PostalCode, "US", "94035-1234", "94035", "52eb93d6f8cdc91927d84b057e0a76eb508a59a795f75ac7f26ee9859ebc618d")]
    // Accents: the SDKs drop what is not a-z; the document keeps names as UTF-8.
    [InlineData(FirstName, "", "Val\u00E9ry", "val\u00E9ry", "b0fc9e0396bfafefb4c3aa4cb1d68e3a437c99acba6307154794611a43dc27ea")]
    // Initial: one implementation hashes the whole text; the key is one letter.
    [InlineData(FirstInitial, "", "Ms.", "m", "db0683221aebc02cc034b65ebcf7d1bddd1eb199e33fd23a31931947d13a11bc")]
    public void Section_9_2_the_recommendation_holds_and_not_another_implementations_digest(
        PersonField field,
        string country,
        string raw,
        string normalized,
        string notThis
    )
    {
        Meta.Text(Someone.With(field, raw, country), field).ShouldBe(normalized);
        Meta.Sent(Someone.With(field, raw, country), field).ShouldNotBe(notThis);
    }

    [Fact]
    public void Section_9_2_a_city_is_transliterated_because_dropping_the_letter_gives_no_existing_city()
    {
        var person = Someone.With(City, "S\u00E3o Paulo");

        Meta.Text(person, City).ShouldBe("saopaulo");
        Meta.Sent(person, City).ShouldBe("8f7f2f7ccd3f2898cf4850905346e8fb333d00aac1c974f8f37326e068cf7b1e");
    }

    [Theory]
    // Inner spaces and digits: the document does not mention them, so only punctuation is removed.
    [InlineData(FirstName, "", "John Smith1", "john smith1")]
    // State by name with a space: one implementation looks up names without spaces only and hashes newyork.
    [InlineData(State, "US", "New York", "ny")]
    // Leading zeros: the SDKs keep them, the document strips them.
    [InlineData(Phone, "US", "+0044 20 7946 0958", "442079460958")]
    [InlineData(Phone, "US", "0044 20 7946 0958", "442079460958")]
    // Month in one digit: one implementation leaves it unchanged.
    [InlineData(BirthMonth, "", "1990-5-1", "05")]
    // Trailing dot of an address: the SDKs strip it, and no address ends with one.
    [InlineData(Email, "", "mary@example.com.", "mary@example.com")]
    // External id: one SDK lowers it, another hashes it; the document sends it unchanged.
    [InlineData(ExternalId, "", "Cust-1", "Cust-1")]
    // Device id: an SDK hashes it in one of its paths; the document never does.
    [InlineData(DeviceId, "", " EA7583CD-A667-48BC-B806-42ECB2B48606 ", "ea7583cd-a667-48bc-b806-42ecb2b48606")]
    public void Section_9_2_the_recommendation_holds(PersonField field, string country, string raw, string normalized) =>
        Meta.Text(Someone.With(field, raw, country), field).ShouldBe(normalized);

    [Theory]
    // One implementation treats every unknown gender as male.
    [InlineData(Gender, "", "unknown", CellReason.NotListed)]
    // One implementation hashes usa unchanged, another takes its first two letters.
    [InlineData(Country, "", "USB", CellReason.NotListed)]
    [InlineData(Country, "", "U1", CellReason.NotListed)]
    // One implementation fails the whole batch.
    [InlineData(Phone, "US", "+0000000000", CellReason.ImpossibleNumber)]
    // One implementation hashes the empty text.
    [InlineData(Email, "", "", CellReason.Absent)]
    [InlineData(FirstName, "", " \t", CellReason.Absent)]
    public void Section_9_2_what_cannot_be_normalized_is_an_empty_cell_with_a_reason(
        PersonField field,
        string country,
        string raw,
        CellReason reason
    )
    {
        Meta.Reason(Someone.With(field, raw, country), field).ShouldBe(reason);
        Meta.Sent(Someone.With(field, raw, country), field).ShouldBeEmpty();
    }

    [Fact]
    public void Section_9_2_a_declared_digest_is_lowered_though_one_implementation_keeps_its_case()
    {
        const string digest = "F1904CF1A9D73A55FA5DE0AC823C4403DED71AFD4C3248D00BDCD0866552BB79";

        Meta.Sent(Someone.With(Email, digest, hashed: HashedFields.EmailSha256), Email).ShouldBe(digest.ToLowerInvariant());
    }

    [Fact]
    public void Every_digest_is_that_of_the_normal_form_in_UTF_8()
    {
        foreach (var rule in Meta.Rules.Where(rule => rule.Form == CellForm.Hashed))
        {
            var person = Someone.With(rule.Field, rule.Example, rule.ExampleCountry);
            Meta.Sent(person, rule.Field)
                .ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Meta.Text(person, rule.Field)!))));
        }
    }
}
