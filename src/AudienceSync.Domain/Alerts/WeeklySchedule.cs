namespace AudienceSync.Domain.Alerts;

/// <summary>When a week ends for the weekly digest, in UTC.</summary>
/// <param name="Day">The day.</param>
/// <param name="Hour">The hour, 0 to 23.</param>
public sealed record WeeklySchedule(DayOfWeek Day, int Hour)
{
    public static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private const int DaysOfWeek = 7;

    /// <summary>Monday 08:00.</summary>
    public static WeeklySchedule Default { get; } = new(DayOfWeek.Monday, 8);

    /// <summary>The latest such hour that has come.</summary>
    public DateTimeOffset LatestAt(DateTimeOffset now)
    {
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddHours(Hour);
        var latest = today.AddDays(-DaysBetween(Day, today.DayOfWeek));
        return latest <= now ? latest : latest - Week;
    }

    /// <summary>The Monday of the week of a moment: its name, which stays when day and hour are set otherwise.</summary>
    public static DateOnly WeekOf(DateTimeOffset at)
    {
        var day = DateOnly.FromDateTime(at.UtcDateTime);
        return day.AddDays(-DaysBetween(DayOfWeek.Monday, day.DayOfWeek));
    }

    private static int DaysBetween(DayOfWeek earlier, DayOfWeek later) => ((int)later - (int)earlier + DaysOfWeek) % DaysOfWeek;
}
