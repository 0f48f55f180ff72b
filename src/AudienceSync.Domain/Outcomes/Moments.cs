namespace AudienceSync.Domain.Outcomes;

/// <summary>
/// The latest distinct moments at which something happened, at most <see cref="Kept"/>. A set of which only the latest are kept: neither
/// order nor repetition changes it, and two of them unite. Two occurrences at the same moment (senders state whole seconds) count once.
/// </summary>
public static class Moments
{
    /// <summary>How many are kept, and so the highest number that can be counted.</summary>
    public const int Kept = 50;

    /// <summary>None.</summary>
    public static readonly IReadOnlyList<DateTimeOffset> None = [];

    /// <summary>Adds one.</summary>
    public static IReadOnlyList<DateTimeOffset> With(this IReadOnlyList<DateTimeOffset> moments, DateTimeOffset at) => moments.With([at]);

    /// <summary>Unites two.</summary>
    public static IReadOnlyList<DateTimeOffset> With(this IReadOnlyList<DateTimeOffset> moments, IReadOnlyList<DateTimeOffset> others) =>
        others.Count == 0 ? moments
        : moments.Count == 0 && others.Count == 1 ? others
        : [.. moments.Concat(others).Distinct().OrderDescending().Take(Kept).Reverse()];

    /// <summary>The end of the latest period of this length in which it happened this often; null when there is none.</summary>
    /// <param name="moments">The moments, in order.</param>
    /// <param name="count">How often; at least one.</param>
    /// <param name="within">The length of the period.</param>
    public static DateTimeOffset? LatestRun(this IReadOnlyList<DateTimeOffset> moments, int count, TimeSpan within)
    {
        for (var last = moments.Count - 1; last >= count - 1; last--)
        {
            if (moments[last] - moments[last - count + 1] <= within)
            {
                return moments[last];
            }
        }

        return null;
    }
}
