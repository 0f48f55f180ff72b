using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

public sealed class RetryBoundsTests
{
    public static TheoryData<OutcomeKind> Kinds() => [.. Enum.GetValues<OutcomeKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_outcome_has_a_bound(OutcomeKind kind)
    {
        var bound = RetryBounds.Of(kind);

        Enum.IsDefined(bound.End).ShouldBeTrue();
        (bound.Time ?? TimeSpan.Zero).ShouldBeLessThanOrEqualTo(TimeSpan.FromHours(24));
        (bound is { Time: not null } or { Calls: not null } || bound.End == BoundEnd.Settled).ShouldBeTrue(
            "every outcome that is not final has a bound"
        );
    }

    [Fact]
    public void A_kind_without_a_row_is_refused() => Should.Throw<ArgumentOutOfRangeException>(() => RetryBounds.Of((OutcomeKind)99));

    [Theory]
    [InlineData(OutcomeKind.Done, BoundEnd.Settled)]
    [InlineData(OutcomeKind.PartlyDone, BoundEnd.ParkLane)]
    [InlineData(OutcomeKind.Retry, BoundEnd.ParkLane)]
    [InlineData(OutcomeKind.Snooze, BoundEnd.ShowAccount)]
    [InlineData(OutcomeKind.SplitBatch, BoundEnd.ParkLane)]
    [InlineData(OutcomeKind.StopAudience, BoundEnd.StopList)]
    [InlineData(OutcomeKind.StopAccount, BoundEnd.StopAccount)]
    public void Every_outcome_has_its_expected_end(OutcomeKind kind, BoundEnd end) => RetryBounds.Of(kind).End.ShouldBe(end);

    [Theory]
    [InlineData(23.99, 199, false)]
    [InlineData(24, 1, true)]
    [InlineData(0, 200, true)]
    public void A_bound_is_reached_by_time_or_by_calls(double hours, int calls, bool reached) =>
        RetryBounds.Of(OutcomeKind.Retry).IsReached(TimeSpan.FromHours(hours), calls).ShouldBe(reached);

    [Fact]
    public void A_throttled_account_is_never_given_up_because_of_the_number_of_calls() =>
        RetryBounds.Of(OutcomeKind.Snooze).IsReached(TimeSpan.FromHours(1), int.MaxValue).ShouldBeFalse();

    [Fact]
    public void Waits_are_never_shorter_than_requested_and_grow_with_time()
    {
        const int seed = 20261129;
        var random = new Random(seed);
        for (var i = 0; i < 50_000; i++)
        {
            TimeSpan? requested = random.Next(2) == 0 ? null : TimeSpan.FromSeconds(random.Next(1, 90_000));
            var lasted = TimeSpan.FromSeconds(random.Next(0, 90_000));
            var chance = random.NextDouble();
            var wait = RetryBounds.LaneWait(lasted, random.Next(1, 300), requested, chance);

            wait.ShouldBeGreaterThanOrEqualTo(requested ?? TimeSpan.Zero, $"seed {seed}");
            wait.ShouldBeGreaterThan(lasted >= RetryBounds.SlowAfter ? RetryBounds.SlowWait / 2 : TimeSpan.Zero, $"seed {seed}");
            RetryBounds
                .AccountWait(random.Next(1, 60), TimeSpan.FromMinutes(1), chance)
                .ShouldBeInRange(TimeSpan.FromMinutes(1), RetryBounds.SlowWait, $"seed {seed}");
        }
    }

    [Fact]
    public void A_failed_call_first_waits_for_the_backoff() =>
        RetryBounds.LaneWait(TimeSpan.FromMinutes(19), 7, requested: null, 0.5).ShouldBe(Backoff.After(7, 0.5));
}
