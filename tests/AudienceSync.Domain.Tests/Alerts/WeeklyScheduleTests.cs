using AudienceSync.Domain.Alerts;
using AudienceSync.Domain.Tests.Identity;
using Xunit.Abstractions;

namespace AudienceSync.Domain.Tests.Alerts;

public sealed class WeeklyScheduleTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("2026-11-23T07:59:59Z", "2026-11-16T08:00:00Z")]
    [InlineData("2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z")]
    [InlineData("2026-11-29T23:59:59Z", "2026-11-23T08:00:00Z")]
    [InlineData("2026-11-23T10:59:59+03:00", "2026-11-16T08:00:00Z")]
    public void Without_a_setting_a_week_ends_on_Monday_at_8_in_UTC(string now, string expected) =>
        WeeklySchedule.Default.LatestAt(At(now)).ShouldBe(At(expected));

    [Theory]
    [InlineData("2026-11-23T00:00:00Z", "2026-11-23")]
    [InlineData("2026-11-29T23:00:00Z", "2026-11-23")]
    [InlineData("2027-01-01T00:00:00Z", "2026-12-28")]
    public void A_week_has_the_name_of_its_Monday(string at, string expected) =>
        WeeklySchedule.WeekOf(At(at)).ShouldBe(DateOnly.Parse(expected, System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void The_latest_hour_has_come_is_less_than_a_week_old_and_each_week_has_one_whatever_is_set()
    {
        var random = Seeds.Of(output, 1);
        for (var i = 0; i < 5_000; i++)
        {
            var schedule = new WeeklySchedule((DayOfWeek)random.Next(7), random.Next(24));
            var now = At("2020-01-01T00:00:00Z").AddSeconds(random.Next(400_000_000));
            var latest = schedule.LatestAt(now);

            (latest.DayOfWeek, latest.Hour, latest.Minute, latest.Offset).ShouldBe((schedule.Day, schedule.Hour, 0, TimeSpan.Zero));
            (now - latest).ShouldBeInRange(TimeSpan.Zero, WeeklySchedule.Week - TimeSpan.FromTicks(1));
            schedule.LatestAt(now + WeeklySchedule.Week).ShouldBe(latest + WeeklySchedule.Week);
            WeeklySchedule.WeekOf(latest + WeeklySchedule.Week).ShouldBe(WeeklySchedule.WeekOf(latest).AddDays(7));
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
