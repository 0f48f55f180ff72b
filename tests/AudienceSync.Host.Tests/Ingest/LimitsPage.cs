using System.Globalization;
using System.Text.RegularExpressions;

namespace AudienceSync.Host.Tests.Ingest;

/// <summary>docs/LIMITS.md: for each constant the status and the code of a request one past it.</summary>
internal static partial class LimitsPage
{
    public static IReadOnlyList<(string Constant, int Status, string Code)> Rows() =>
        [
            .. Row()
                .Matches(File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "docs", "LIMITS.md")))
                .Select(row =>
                    (
                        row.Groups["constant"].Value,
                        int.Parse(row.Groups["status"].Value, CultureInfo.InvariantCulture),
                        row.Groups["code"].Value
                    )
                ),
        ];

    [GeneratedRegex(
        @"^\|[^|]*\|[^|]*\| (?<status>\d{3})[ ,][^|`]*`(?<code>[a-z_]+)`[^|]*\| `Limits\.(?<constant>\w+)` \|",
        RegexOptions.Multiline,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Row();
}
