using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Normalizing;
using static AudienceSync.Domain.Normalizing.PersonField;

namespace AudienceSync.Domain.Tests.Normalizing;

/// <summary>Input that is already hashed is declared, checked and passed through in lower case (design section 6, rule 4).</summary>
public sealed class HashedInputTests
{
    private const string Digest = "1EF970831D7963307784FA8688E8FCE101A15685D62AA765FED23F3A2C576A4E";

    public static TheoryData<NormalizerFamily, short> Known
    {
        get
        {
            var known = new TheoryData<NormalizerFamily, short>();
            foreach (var normalizer in Normalizers.BuiltIn.All)
            {
                known.Add(normalizer.Family, normalizer.Version.Value);
            }

            return known;
        }
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void A_hashed_email_is_passed_through_everywhere_in_lower_case(NormalizerFamily family, short version) =>
        Of(family, version)
            .Sent(Someone.With(Email, " " + Digest, hashed: HashedFields.EmailSha256), Email)
            .ShouldBe(Digest.ToLowerInvariant());

    [Theory]
    [MemberData(nameof(Known))]
    public void A_digest_that_was_not_declared_is_not_hashed_again(NormalizerFamily family, short version)
    {
        foreach (var rule in Of(family, version).Rules.Where(rule => rule.Field != ExternalId))
        {
            Of(family, version)
                .Reason(Someone.With(rule.Field, Digest, "US"), rule.Field)
                .ShouldBe(CellReason.UndeclaredDigest, $"{rule.Field}");
        }
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void Plain_text_where_a_digest_was_declared_is_an_empty_cell(NormalizerFamily family, short version)
    {
        Of(family, version)
            .Reason(Someone.With(Email, "ann@example.com", hashed: HashedFields.EmailSha256), Email)
            .ShouldBe(CellReason.NotADigest);
        var form = Of(family, version).RuleOf(Phone)!.TakesHashed.HasFlag(HashedFields.PhoneSha256Digits)
            ? HashedFields.PhoneSha256Digits
            : HashedFields.PhoneSha256E164;
        Of(family, version).Reason(Someone.With(Phone, "+15559876543", "US", form), Phone).ShouldBe(CellReason.NotADigest);
    }

    [Theory]
    [InlineData(NormalizerFamily.Meta, 1, HashedFields.PhoneSha256Digits, true)]
    [InlineData(NormalizerFamily.Meta, 1, HashedFields.PhoneSha256E164, false)]
    [InlineData(NormalizerFamily.Google, 1, HashedFields.PhoneSha256Digits, false)]
    [InlineData(NormalizerFamily.Google, 1, HashedFields.PhoneSha256E164, true)]
    [InlineData(NormalizerFamily.TikTok, 1, HashedFields.PhoneSha256Digits, true)]
    [InlineData(NormalizerFamily.TikTok, 1, HashedFields.PhoneSha256E164, true)]
    [InlineData(NormalizerFamily.TikTok, 2, HashedFields.PhoneSha256Digits, false)]
    [InlineData(NormalizerFamily.TikTok, 3, HashedFields.PhoneSha256E164, false)]
    public void A_hashed_phone_is_sent_only_where_its_form_is_accepted(
        NormalizerFamily family,
        short version,
        HashedFields form,
        bool taken
    )
    {
        var person = Someone.With(Phone, Digest, "US", form);

        Of(family, version).Sent(person, Phone).ShouldBe(taken ? Digest.ToLowerInvariant() : "");
        Of(family, version).Reason(person, Phone).ShouldBe(taken ? CellReason.None : CellReason.OtherDigest);
    }

    [Fact]
    public void The_digest_of_the_empty_text_identifies_no_one() =>
        MetaNormalizer
            .Version1.Reason(
                Someone.With(Email, "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", hashed: HashedFields.EmailSha256),
                Email
            )
            .ShouldBe(CellReason.Nobody);

    [Fact]
    public void A_hash_declaration_for_the_email_does_not_apply_to_the_phone() =>
        MetaNormalizer.Version1.Text(Someone.With(Phone, "+15559876543", "US", HashedFields.EmailSha256), Phone).ShouldBe("15559876543");

    private static Normalizer Of(NormalizerFamily family, short version) => Normalizers.For(family, new NormalizerVersion(version));
}
