using System.Globalization;

namespace AudienceSync.Host.Tests.Replay;

/// <summary>
/// The purchases of CDNOW's customers of early 1997 until June 1998. The file is not part of the repository; it is stored next to it, or
/// where AUDIENCESYNC_CDNOW points.
/// </summary>
internal static class CdnowFile
{
    /// <summary>The last day covered by the file: nothing is known about later days.</summary>
    public static readonly DateOnly Horizon = new(1998 + YearsLater, 6, 30);

    /// <summary>
    /// The file's days are earlier than the first time that the engine accepts. After 28 years the calendar is the same, weekdays included.
    /// </summary>
    public const int YearsLater = 28;

    public static string Path =>
        Environment.GetEnvironmentVariable("AUDIENCESYNC_CDNOW") is { Length: > 0 } given
            ? given
            : System.IO.Path.GetFullPath(System.IO.Path.Combine(RepositoryRoot.Find(), "..", "shared", "data", "CDNOW_master.txt"));

    /// <summary>For each customer the days with a purchase, in order, each once.</summary>
    public static IReadOnlyDictionary<string, DateOnly[]> ReadPurchaseDays() =>
        File.ReadLines(Path)
            .Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(row =>
                (Customer: row[0], Day: DateOnly.ParseExact(row[1], "yyyyMMdd", CultureInfo.InvariantCulture).AddYears(YearsLater))
            )
            .GroupBy(row => row.Customer, row => row.Day, StringComparer.Ordinal)
            .ToDictionary(days => days.Key, days => days.Distinct().Order().ToArray(), StringComparer.Ordinal);
}
