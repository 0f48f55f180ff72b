using AudienceSync.Domain.Syncing;

namespace AudienceSync.Domain.Tests.Syncing;

public sealed class BackoffTests
{
    private const double AlmostOne = 0.999_999_999;

    [Theory]
    [InlineData(1, 500)]
    [InlineData(2, 1_000)]
    [InlineData(3, 2_000)]
    [InlineData(10, 256_000)]
    [InlineData(11, 300_000)]
    [InlineData(1_000_000, 300_000)]
    [InlineData(int.MaxValue, 300_000)]
    public void The_wait_doubles_up_to_the_longest_and_is_spread_over_its_upper_half(int attempts, int fullMs)
    {
        Backoff.After(attempts, chance: 0).TotalMilliseconds.ShouldBe(fullMs / 2.0);
        var latest = Backoff.After(attempts, AlmostOne).TotalMilliseconds;
        latest.ShouldBeGreaterThan(fullMs * 0.99);
        latest.ShouldBeLessThan(fullMs);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    public void No_failed_attempt_waits_as_long_as_one(int attempts) =>
        Backoff.After(attempts, chance: 0.5).ShouldBe(Backoff.After(1, chance: 0.5));

    [Fact]
    public void Every_wait_is_within_bounds()
    {
        var random = new Random(7);
        for (var i = 0; i < 100_000; i++)
        {
            var wait = Backoff.After(random.Next(1, 60), random.NextDouble());
            wait.ShouldBeGreaterThanOrEqualTo(Backoff.First / 2);
            wait.ShouldBeLessThan(Backoff.Longest);
        }
    }
}
