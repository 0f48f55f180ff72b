using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Tests.Normalizing;

public sealed class NormalizersTests
{
    [Theory]
    [InlineData(NormalizerFamily.Meta, 0)]
    [InlineData(NormalizerFamily.Meta, 3)]
    [InlineData(NormalizerFamily.Google, -1)]
    [InlineData(NormalizerFamily.TikTok, 4)]
    public void An_unknown_version_is_an_error_and_not_a_guess(NormalizerFamily family, short version)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Normalizers.For(family, new NormalizerVersion(version)));
        Normalizers.BuiltIn.Find(family, new NormalizerVersion(version)).ShouldBeNull();
    }

    [Fact]
    public void Every_family_has_a_current_version()
    {
        foreach (var family in Enum.GetValues<NormalizerFamily>())
        {
            Normalizers.For(family, Normalizers.BuiltIn.Current(family).Version).Family.ShouldBe(family);
        }
    }

    [Fact]
    public void A_new_version_becomes_current_and_the_previous_one_stays()
    {
        var next = new Normalizer(NormalizerFamily.Meta, new NormalizerVersion(3), "next", MetaNormalizer.Version1.Rules);

        var known = Normalizers.BuiltIn.With(next);

        known.Current(NormalizerFamily.Meta).ShouldBeSameAs(next);
        known.Find(NormalizerFamily.Meta, new NormalizerVersion(1)).ShouldBeSameAs(MetaNormalizer.Version1);
        Normalizers.BuiltIn.Current(NormalizerFamily.Meta).ShouldBeSameAs(MetaNormalizer.Version2);
    }

    [Fact]
    public void A_version_cannot_be_replaced_because_members_were_added_under_it() =>
        Should.Throw<ArgumentException>(() =>
            Normalizers.BuiltIn.With(
                new Normalizer(NormalizerFamily.Meta, new NormalizerVersion(1), "other", MetaNormalizer.Version1.Rules)
            )
        );

    [Fact]
    public void Two_rules_for_one_field_are_an_error() =>
        Should.Throw<ArgumentException>(() =>
            new Normalizer(
                NormalizerFamily.Meta,
                new NormalizerVersion(2),
                "twice",
                [MetaNormalizer.Version1.Rules[0], MetaNormalizer.Version1.Rules[0]]
            )
        );

    [Fact]
    public void Every_reason_has_a_unique_code() => Enum.GetValues<CellReason>().Select(reason => reason.Code()).ShouldBeUnique();
}
