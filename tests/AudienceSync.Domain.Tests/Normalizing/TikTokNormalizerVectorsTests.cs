using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using static AudienceSync.Domain.Normalizing.PersonField;

namespace AudienceSync.Domain.Tests.Normalizing;

/// <summary>
/// The vectors of contracts/tiktok.md 8.3. Version 1 is the newest text of 8.1, 2 the rule until 2025, 3 that of August 2025.
/// </summary>
public sealed class TikTokNormalizerVectorsTests
{
    [Theory]
    [InlineData(1, Email, " JaneDoe@Gmail.com", "janedoe@gmail.com", "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69")]
    [InlineData(
        1,
        Email,
        "Jane.Doe+news@Gmail.com",
        "jane.doe+news@gmail.com",
        "f41439c944a763c9812d700a779941cec169de13c9ccd13aaf9424ba5231620a"
    )]
    [InlineData(
        2,
        Email,
        "Jane.Doe+news@Gmail.com",
        "janedoe@gmail.com",
        "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69"
    )]
    [InlineData(1, Email, "jane.doe@gmail.com", "jane.doe@gmail.com", "831f6494ad6be4fcb3a724c3d5fef22d3ceffa3c62ef3a7984e45a0ea177f982")]
    [InlineData(
        2,
        Email,
        "Test.User+tag@Testing.com",
        "testuser@testing.com",
        "2458778dc6906a947a016ee3bef93b57099bb130945b8f717f7d8794beb69bca"
    )]
    [InlineData(
        1,
        Email,
        "Test.User+tag@Testing.com",
        "test.user+tag@testing.com",
        "4742a7637e284b861f7abcaa7b0421d4c7052f93cb9cfc77500d57d2025b6fca"
    )]
    [InlineData(1, Email, "testing@testing.com", "testing@testing.com", "584c4423c421df49955759498a71495aba49b8780eb9387dff333b6f0982c777")]
    [InlineData(1, Email, "alex@email.com", "alex@email.com", "ac0f1baec38a9ef3cfcb56db981df7d9bab2568c7f53ef3776d1c059ec58e72b")]
    [InlineData(1, Phone, "+1 (657) 777-0000", "+16577770000", "a6e82c2f4091baff57a4f33d01efb65bfbeacbbfbcfaa9d0ff9f57d28d78fedb")]
    [InlineData(3, Phone, "+1 (657) 777-0000", "16577770000", "8d7bdaaf75196f351d22942fc0dd79304ffabc3eaf3339460ef9da0773e3aec2")]
    // TikTok's help page shows the digest of the form without plus beside the form with plus; the text recommends the plus, so version 1
    // uses it.
    [InlineData(1, Phone, "+374 93 828222", "+37493828222", "241371e614f8650dfae0f111361c69de1bb4829a72b71bb8044daae8b2e7791d")]
    [InlineData(3, Phone, "+374 93 828222", "37493828222", "65b7e6dcf6f4310f8d7cbfbd78289a753062fb054d6664fb9aaac5df66a422d4")]
    [InlineData(1, Phone, "+44 20 7183 8750", "+442071838750", "e631c2534428c6c9b48c2167604a8983046085e43a2c00ed748733c544c0bb4d")]
    [InlineData(1, Phone, "+1 (555) 555-5555", "+15555555555", "910a625c4ba147b544e6bd2f267e130ae14c591b6ba9c25cb8573322dedbebd0")]
    [InlineData(
        1,
        DeviceId,
        "5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25",
        "5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25",
        "83dc3f5f32b9472613b0f038d36f22585a609d018af6f6067f50da318bf354bd"
    )]
    public void Section_8_3_a_cell_has_the_digest_of_the_contract(
        short version,
        PersonField field,
        string raw,
        string normalized,
        string digest
    )
    {
        var person = Someone.With(field, raw, "US");

        Of(version).Text(person, field).ShouldBe(normalized);
        Of(version).Sent(person, field).ShouldBe(digest);
    }

    [Fact]
    public void Section_8_3_an_impossible_number_that_was_read_before_has_the_digest_of_the_contract()
    {
        var read = new PersonIdentifiers(null, null, "+129988776655", "") { CanonicalPhone = "+129988776655", Parser = 1 };

        Of(1).Sent(read, Phone).ShouldBe("31e78a3bf9ce2b43316f64fe883a531d6266938091e94e2f2480272481163dee");
        Of(1).Reason(Someone.With(Phone, "+129988776655"), Phone).ShouldBe(CellReason.ImpossibleNumber, "today it is not read");
    }

    [Theory]
    // One connector hashes a phone unchanged.
    [InlineData(Phone, "+1 (555) 555-5555", "e5aaca26e304714083dccf6d2dbc16466e9cde94ca54feefa3dca412e2eeb74e")]
    // Meta's digest, without plus: one column of digests cannot serve both platforms.
    [InlineData(Phone, "+1 (555) 555-5555", "009875cdd7e8a0abe6dc0444d693ff435599e9c68793dac5bc277066d4bc0dc3")]
    // Case matters; the contract recommends lower.
    [InlineData(DeviceId, "5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25", "0bb5fc79a4f7eff666b5f7ec85fa11610c88d0dd7588fae1609491722336fbbf")]
    public void Section_8_3_another_implementations_digest_is_not_given(PersonField field, string raw, string wrong) =>
        Of(1).Sent(Someone.With(field, raw), field).ShouldNotBe(wrong);

    [Fact]
    [SuppressMessage("Security", "CA5351:Do Not Use Broken Cryptographic Algorithms", Justification = "The vector is of MD5.")]
    public void Section_8_3_the_normal_form_of_a_device_id_has_the_MD5_of_the_contract_though_we_send_its_SHA_256()
    {
        var normal = Of(1).Text(Someone.With(DeviceId, "  ABCDEF  "), DeviceId)!;

        normal.ShouldBe("abcdef");
        Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(normal))).ShouldBe("e80b5017098950fc58aad83c8c14978e");
    }

    [Fact]
    public void Section_8_3_Metas_digest_of_the_same_phone_is_the_one_the_contract_contrasts() =>
        MetaNormalizer
            .Version1.Sent(Someone.With(Phone, "+1 (555) 555-5555"), Phone)
            .ShouldBe("009875cdd7e8a0abe6dc0444d693ff435599e9c68793dac5bc277066d4bc0dc3");

    [Theory]
    [InlineData(1, "Jane.Doe+news@Gmail.com", "jane.doe+news@gmail.com")]
    [InlineData(2, "Jane.Doe+news@Gmail.com", "janedoe@gmail.com")]
    [InlineData(3, "Jane.Doe+news@Gmail.com", "jane.doe@gmail.com")]
    [InlineData(1, " jane doe\u00A0@gmail.com", null)]
    [InlineData(1, "not an address", null)]
    [InlineData(2, "+news@gmail.com", null)]
    public void Section_8_1_the_rule_of_an_email_changed_and_each_is_a_version(short version, string raw, string? expected) =>
        Of(version).Text(Someone.With(Email, raw), Email).ShouldBe(expected);

    private static Normalizer Of(short version) => Normalizers.For(NormalizerFamily.TikTok, new NormalizerVersion(version));
}
