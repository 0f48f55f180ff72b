using System.Globalization;
using AudienceSync.Domain.History;
using AudienceSync.Host.Projection;

namespace AudienceSync.Host.Tests.History;

public sealed class HourTests
{
    [Theory]
    [InlineData(21, 5_000)]
    [InlineData(21, 7)]
    [InlineData(22, 61)]
    public async Task Counts_equal_those_of_a_naive_reader_for_any_page_size_and_sizes_equal_those_of_lists(int seed, int pageEvents)
    {
        await using var stage = await PastStage.CreateAsync(
            seed,
            stories: 60,
            batches: 45,
            TimeSpan.FromMinutes(200),
            TimeSpan.FromMinutes(4),
            pageEvents
        );
        var hours = await new HourStore(stage.Workspace.Database).ReadAsync(
            stage.Key.KeyId,
            DateTimeOffset.MinValue.AddYears(1),
            DateTimeOffset.MaxValue.AddYears(-1),
            default
        );

        Lines(hours).ShouldBe(Naive(stage.Naive), $"seed {seed}");
        hours.Sum(hour => hour.Removes).ShouldBeGreaterThan(0);
        hours.Sum(hour => hour.Expiries).ShouldBeGreaterThan(0);
        foreach (var hour in hours)
        {
            hour.Size.ShouldBe(stage.Naive.In(hour.Hour.AddHours(1).AddTicks(-10), AsOfMeaning.Known).Count, $"seed {seed}, {hour.Hour:O}");
        }
    }

    [Theory]
    [InlineData(23, 5_000, false)]
    [InlineData(24, 7, false)]
    [InlineData(25, 31, true)]
    [InlineData(26, 5, true)]
    [InlineData(27, 3, true)]
    [InlineData(28, 11, true)]
    public async Task A_successor_counts_what_it_takes_over_when_published_and_later_events_of_its_predecessor(
        int seed,
        int pageEvents,
        bool projectsMeanwhile
    )
    {
        await using var stage = await PastStage.CreateAsync(
            seed,
            stories: 60,
            batches: 45,
            TimeSpan.FromMinutes(200),
            TimeSpan.FromMinutes(4),
            pageEvents,
            successors: 2,
            projectsMeanwhile
        );
        for (var version = 1; version <= 3; version++)
        {
            var hours = await new HourStore(stage.Workspace.Database).ReadAsync(
                stage.KeyOf(version).KeyId,
                DateTimeOffset.MinValue.AddYears(1),
                DateTimeOffset.MaxValue.AddYears(-1),
                default
            );
            Lines(hours).ShouldBe(Naive(await stage.NaiveOfAsync(version)), $"seed {seed}, version {version}");
            hours.Any(hour => hour.Joined < -5).ShouldBe(version > 1, "inherited members are counted at publication");
        }
    }

    private static List<string> Lines(IEnumerable<KeyHour> hours) =>
        [
            .. hours
                .Where(hour => hour.Adds + hour.Removes + hour.Expiries + Math.Abs(hour.Joined) > 0)
                .Select(hour => $"{Hour(hour.Hour)} {hour.Adds} {hour.Removes} {hour.Expiries} {hour.Joined}"),
        ];

    // Event by event: the members before it and after it, and those whose window ended before the next one.
    private static List<string> Naive(NaivePast past)
    {
        var counts = new SortedDictionary<string, long[]>(StringComparer.Ordinal);
        var recorded = new List<NaiveEvent>();
        foreach (var one in past.Events.Where(one => one.Owner is not null || past.IsMembershipEvent(one) || past.IsPublication(one)))
        {
            var before = past.In(recorded, one.RecordedAt);
            foreach (
                var (_, end) in recorded.Count == 0
                    ? []
                    : past.In(recorded, recorded[^1].RecordedAt).Where(member => !before.ContainsKey(member.Key))
            )
            {
                Of(end)[2]++;
            }

            recorded.Add(one);
            var after = past.In(recorded, one.RecordedAt);
            if (past.IsMembershipEvent(one))
            {
                Of(one.RecordedAt)[0] += after.Keys.Except(before.Keys).Count();
                Of(one.RecordedAt)[1] += before.Keys.Except(after.Keys).Count();
            }
            else
            {
                Of(one.RecordedAt)[3] += before.Count - after.Count;
            }
        }

        foreach (var (_, end) in past.In(recorded, recorded[^1].RecordedAt))
        {
            Of(end)[2]++;
        }

        return [.. counts.Where(one => one.Value.Any(count => count != 0)).Select(one => $"{one.Key} {string.Join(' ', one.Value)}")];

        long[] Of(DateTimeOffset at) => counts.TryGetValue(Hour(at), out var known) ? known : counts[Hour(at)] = new long[4];
    }

    private static string Hour(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH", CultureInfo.InvariantCulture);
}
