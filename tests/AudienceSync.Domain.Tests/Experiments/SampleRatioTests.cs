using AudienceSync.Domain.Experiments;

namespace AudienceSync.Domain.Tests.Experiments;

/// <summary>The check that the arms have the sizes that their shares predict.</summary>
public sealed class SampleRatioTests
{
    [Fact]
    public void Sizes_that_fit_are_no_mismatch_and_sizes_that_do_not_are_one()
    {
        SampleRatio.Of(9_000, 1_000, 1_000).ShouldBe(new SampleRatio(0));
        SampleRatio.Of(0, 0, 1_000).IsMismatch.ShouldBeFalse();
        SampleRatio.Of(9_020, 980, 1_000).IsMismatch.ShouldBeFalse();
        SampleRatio.Of(9_100, 900, 1_000).ChiSquare.ShouldBe(11.111, 0.001);
        SampleRatio.Of(9_100, 900, 1_000).IsMismatch.ShouldBeTrue();
        SampleRatio.Of(50_000, 51_000, 5_000).IsMismatch.ShouldBeTrue();
    }

    [Theory]
    [InlineData(-1, 1, 1_000)]
    [InlineData(1, -1, 1_000)]
    [InlineData(1, 1, 0)]
    [InlineData(1, 1, 10_000)]
    public void Sizes_and_shares_that_cannot_be_are_refused(long treatment, long holdout, int share) =>
        Should.Throw<ArgumentOutOfRangeException>(() => SampleRatio.Of(treatment, holdout, share));
}
