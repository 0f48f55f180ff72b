using System.Globalization;

namespace AudienceSync.Connectors.Meta;

/// <summary>A version of Meta's interface for ads.</summary>
/// <param name="Name">As in paths.</param>
/// <param name="Ends">The day from which it is not served any more; null when Meta has not announced it.</param>
public sealed record MetaVersion(string Name, DateOnly? Ends);

/// <summary>
/// When versions end (contracts/meta.md 2). A call to one that has ended is not refused but served by the next oldest, whose answers may differ, so nobody
/// notices unless he is told.
/// </summary>
public static class MetaVersions
{
    /// <summary>From so long before the end on it is a warning.</summary>
    public static readonly TimeSpan WarnBefore = TimeSpan.FromDays(90);

    /// <summary>Oldest first. Whatever is older than the first has ended, too.</summary>
    public static IReadOnlyList<MetaVersion> Known { get; } =
    [
        new("v24.0", new DateOnly(2026, 11, 10)),
        new("v25.0", new DateOnly(2027, 2, 23)),
        new("v26.0", null),
        new("v27.0", null),
    ];

    /// <summary>What <c>destinations check</c> finds of a version.</summary>
    /// <param name="version">In the form <c>v27.0</c>.</param>
    /// <param name="now">The time of the look.</param>
    public static CheckFinding Check(string version, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(version);
        var number = NumberOf(version);
        if (number.CompareTo(NumberOf(Known[0].Name)) < 0)
        {
            return Ended(version, Known[0].Ends);
        }

        if (Known.FirstOrDefault(row => NumberOf(row.Name) == number) is not { } known)
        {
            return new CheckFinding("version", CheckState.Warning, "meta_version_not_known", $"{version} is not a version this program knows: it was made for {MetaSettings.DefaultApiVersion}.");
        }

        return known.Ends is not { } ends ? Good
            : now >= Start(ends) ? Ended(version, ends)
            : now >= Start(ends) - WarnBefore
                ? new CheckFinding("version", CheckState.Warning, "meta_version_ends", $"Meta ends {version} on {Day(ends)}: set api_version to {MetaSettings.DefaultApiVersion} before.")
                : Good;
    }

    private static CheckFinding Good => new("version", CheckState.Good, "good", "");

    private static CheckFinding Ended(string version, DateOnly? ends) => new(
        "version", CheckState.Bad, "meta_version_ended",
        $"Meta ended {version}{(ends is { } day ? $" by {Day(day)}" : "")} and serves calls to it by another version: set api_version to {MetaSettings.DefaultApiVersion}.");

    private static (int Major, int Minor) NumberOf(string version)
    {
        var parts = version[1..].Split('.');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
