using System.Globalization;

namespace AudienceSync.Domain.Alerts;

/// <summary>How counts and times are written in notices.</summary>
public static class AlertText
{
    /// <summary>The two largest parts of a time: <c>43 min</c>, <c>2 h 5 min</c>, <c>3 d</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        var whole = time < TimeSpan.Zero ? TimeSpan.Zero : time;
        return whole.TotalSeconds < 60 ? $"{Number((long)whole.TotalSeconds)} s"
            : whole.TotalMinutes < 60 ? $"{Number((long)whole.TotalMinutes)} min"
            : whole.TotalHours < 48 ? Parts((long)whole.TotalHours, "h", whole.Minutes, "min")
            : Parts((long)whole.TotalDays, "d", whole.Hours, "h");
    }

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Parts(long large, string unit, int small, string smallUnit) =>
        small == 0 ? $"{Number(large)} {unit}" : $"{Number(large)} {unit} {Number(small)} {smallUnit}";
}
