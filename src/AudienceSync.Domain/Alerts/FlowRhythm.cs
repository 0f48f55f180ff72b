namespace AudienceSync.Domain.Alerts;

/// <summary>The rhythm of a flow, from the hours in which something came.</summary>
public static class FlowRhythm
{
    /// <summary>Shorter histories have no rhythm that could be broken.</summary>
    public static readonly TimeSpan LeastHistory = TimeSpan.FromDays(3);

    /// <summary>Fewer hours with anything in them have none either.</summary>
    public const int LeastHours = 6;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>
    /// For how long the flow may be silent: twice the longest silence that it ever had, at least an hour. Null when it has no rhythm yet.
    /// </summary>
    public static TimeSpan? Tolerated(IReadOnlyList<FlowHour> hours, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(hours);
        if (hours.Count < LeastHours || now - hours[0].Hour < LeastHistory)
        {
            return null;
        }

        var twice = LongestSilence(hours) * 2;
        return twice > Hour ? twice : Hour;
    }

    /// <summary>The longest time between two hours in which something came; what goes on now does not count.</summary>
    public static TimeSpan LongestSilence(IReadOnlyList<FlowHour> hours)
    {
        ArgumentNullException.ThrowIfNull(hours);
        return hours.Count < 2 ? TimeSpan.Zero : hours.Zip(hours.Skip(1), (one, next) => next.Hour - one.Hour - Hour).Max();
    }

    /// <summary>The last 24 hours, and the mean of the days before them, at most 14 of them; null without four of these.</summary>
    public static (long Latest, double Usual)? Days(IReadOnlyList<FlowHour> hours, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(hours);
        if (hours.Count == 0)
        {
            return null;
        }

        var before = Math.Min(14, (int)((now - Day - hours[0].Hour) / Day));
        return before < 4
            ? null
            : (
                hours.Where(hour => hour.Hour > now - Day).Sum(hour => hour.Events),
                hours.Where(hour => hour.Hour <= now - Day && hour.Hour > now - (Day * (before + 1))).Sum(hour => hour.Events)
                    / (double)before
            );
    }
}
