using AudienceSync.Bench.Load;

namespace AudienceSync.Bench.Tests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Small_latencies_are_kept_exactly()
    {
        var histogram = new LatencyHistogram();
        for (int micros = 1; micros <= 100; micros++)
        {
            histogram.Record(micros);
        }

        histogram.PercentileMicros(0.5).ShouldBe(50);
        histogram.PercentileMicros(0.99).ShouldBe(99);
        histogram.PercentileMicros(1).ShouldBe(100);
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Percentiles_of_any_latencies_are_never_too_low_and_at_most_1_6_percent_too_high(int seed)
    {
        var random = new Random(seed);
        long[] sorted = [.. Enumerable.Range(0, 20_000).Select(_ => (long)Math.Exp(random.NextDouble() * 18)).Order()];
        var histogram = new LatencyHistogram();
        Array.ForEach(sorted, histogram.Record);

        foreach (double share in new[] { 0.001, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            long exact = sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
            histogram.PercentileMicros(share).ShouldBeInRange(exact, (long)(exact * 1.016) + 1, $"seed {seed}, share {share}");
        }
    }

    [Fact]
    public void Two_merged_histograms_equal_one_of_all_latencies()
    {
        var one = new LatencyHistogram();
        var other = new LatencyHistogram();
        one.Record(10);
        other.Record(20);
        other.Record(1_000_000);

        one.Add(other);

        one.Count.ShouldBe(3);
        one.PercentileMicros(0.5).ShouldBe(20);
        one.PercentileMicros(1).ShouldBe(1_000_000);
    }

    [Fact]
    public void A_latency_beyond_the_range_counts_as_the_longest()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(long.MaxValue);
        histogram.PercentileMicros(1).ShouldBe(1L << 36);
    }
}
