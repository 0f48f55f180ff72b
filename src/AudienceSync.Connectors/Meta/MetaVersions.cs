using System.Globalization;

namespace AudienceSync.Connectors.Meta;

/// <summary>A version of Meta's ads API.</summary>
/// <param name="Name">As in paths.</param>
/// <param name="Ends">The day from which it is no longer served; null when Meta has not announced it.</param>
public sealed record MetaVersion(string Name, DateOnly? Ends);

/// <summary>
/// When versions end (contracts/meta.md 2). A call to an expired version is not refused but served by the next oldest one, whose responses
/// may differ, so it goes unnoticed unless it is reported.
/// </summary>
public static class MetaVersions
{
    /// <summary>How long before the end the warning starts.</summary>
    public static readonly TimeSpan WarnBefore = TimeSpan.FromDays(90);

    /// <summary>Oldest first. Every version older than the first has also ended.</summary>
    public static IReadOnlyList<MetaVersion> Known { get; } =
    [new("v24.0", new DateOnly(2026, 11, 10)), new("v25.0", new DateOnly(2027, 2, 23)), new("v26.0", null), new("v27.0", null)];

    /// <summary>The finding of <c>destinations check</c> for a version.</summary>
    /// <param name="version">In the form <c>v27.0</c>.</param>
    /// <param name="now">The time of the check.</param>
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
            return new CheckFinding(
                "version",
                CheckState.Warning,
                "meta_version_not_known",
                $"{version} is unknown to this program, which was built for {MetaSettings.DefaultApiVersion}."
            );
        }

        return known.Ends is not { } ends ? Good
            : now >= Start(ends) ? Ended(version, ends)
            : now >= Start(ends) - WarnBefore
                ? new CheckFinding(
                    "version",
                    CheckState.Warning,
                    "meta_version_ends",
                    $"Meta ends {version} on {Day(ends)}: set api_version to {MetaSettings.DefaultApiVersion} before then."
                )
            : Good;
    }

    private static CheckFinding Good => new("version", CheckState.Good, "good", "");

    private static CheckFinding Ended(string version, DateOnly? ends) =>
        new(
            "version",
            CheckState.Bad,
            "meta_version_ended",
            $"Meta ended {version}{(ends is { } day ? $" by {Day(day)}" : "")} and serves calls to it with another version: "
                + $"set api_version to {MetaSettings.DefaultApiVersion}."
        );

    private static (int Major, int Minor) NumberOf(string version)
    {
        var parts = version[1..].Split('.');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static DateTimeOffset Start(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
