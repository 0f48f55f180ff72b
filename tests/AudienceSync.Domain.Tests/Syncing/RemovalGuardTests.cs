using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

public sealed class RemovalGuardTests
{
    [Theory]
    [InlineData(1, 3, false)]
    [InlineData(1_000, 1_000, false)]
    [InlineData(1_001, 5_005, false)]
    [InlineData(1_001, 5_004, true)]
    [InlineData(10_000, 50_000, false)]
    [InlineData(10_000, 49_999, true)]
    [InlineData(10_000, 5_000_000, false)]
    [InlineData(10_001, 5_000_000, true)]
    [InlineData(1_001, 0, true)]
    public void A_plan_waits_above_a_fifth_of_the_list_or_ten_thousand_and_never_below_a_thousand(
        long removals,
        long members,
        bool waits
    ) => RemovalGuard.Holds(removals, members).ShouldBe(waits);
}
