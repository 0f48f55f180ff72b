using AudienceSync.Domain.Normalising;

namespace AudienceSync.Domain.Tests.Normalising;

public sealed class NormalisersTests
{
    [Theory]
    [InlineData(NormaliserFamily.Meta, 0)]
    [InlineData(NormaliserFamily.Meta, 3)]
    [InlineData(NormaliserFamily.Google, -1)]
    [InlineData(NormaliserFamily.TikTok, 4)]
    public void An_unknown_version_is_an_error_and_not_a_guess(NormaliserFamily family, short version)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Normalisers.For(family, new NormaliserVersion(version)));
        Normalisers.BuiltIn.Find(family, new NormaliserVersion(version)).ShouldBeNull();
    }

    [Fact]
    public void Every_family_has_a_current_version()
    {
        foreach (var family in Enum.GetValues<NormaliserFamily>())
        {
            Normalisers.For(family, Normalisers.BuiltIn.Current(family).Version).Family.ShouldBe(family);
        }
    }

    [Fact]
    public void A_next_version_becomes_current_and_the_one_before_stays()
    {
        var next = new Normaliser(NormaliserFamily.Meta, new NormaliserVersion(3), "next", MetaNormaliser.Version1.Rules);

        var known = Normalisers.BuiltIn.With(next);

        known.Current(NormaliserFamily.Meta).ShouldBeSameAs(next);
        known.Find(NormaliserFamily.Meta, new NormaliserVersion(1)).ShouldBeSameAs(MetaNormaliser.Version1);
        Normalisers.BuiltIn.Current(NormaliserFamily.Meta).ShouldBeSameAs(MetaNormaliser.Version2);
    }

    [Fact]
    public void A_version_cannot_be_replaced_because_members_were_added_under_it()
        => Should.Throw<ArgumentException>(() => Normalisers.BuiltIn.With(
            new Normaliser(NormaliserFamily.Meta, new NormaliserVersion(1), "other", MetaNormaliser.Version1.Rules)));

    [Fact]
    public void Two_rules_for_one_field_are_a_mistake()
        => Should.Throw<ArgumentException>(() => new Normaliser(
            NormaliserFamily.Meta, new NormaliserVersion(2), "twice", [MetaNormaliser.Version1.Rules[0], MetaNormaliser.Version1.Rules[0]]));

    [Fact]
    public void A_reason_has_a_code_of_its_own()
        => Enum.GetValues<CellReason>().Select(reason => reason.Code()).ShouldBeUnique();
}
