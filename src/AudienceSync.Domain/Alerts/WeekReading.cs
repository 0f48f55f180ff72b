namespace AudienceSync.Domain.Alerts;

/// <summary>The incidents of a rule in a week, by the worst severity that they had.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Severity">The worst.</param>
/// <param name="Began">How many began.</param>
/// <param name="Recovered">How many were over, whenever they began.</param>
/// <param name="Median">The median time to their recovery; null when none was over.</param>
/// <param name="Longest">The longest.</param>
public sealed record WeekIncidents(string Rule, AlertSeverity Severity, long Began, long Recovered, TimeSpan? Median, TimeSpan? Longest);

/// <summary>The removals of an ad account in a week.</summary>
/// <param name="Destination">The ad account.</param>
/// <param name="Removals">Those whose time was measured.</param>
/// <param name="P99">99 of 100 were acknowledged within.</param>
/// <param name="Slowest">All were.</param>
public sealed record WeekRemovals(string Destination, long Removals, TimeSpan P99, TimeSpan Slowest);

/// <summary>What a weekly digest is made of. Names of the configuration, codes, counts and times only.</summary>
/// <param name="From">The beginning of the week.</param>
/// <param name="To">Its end.</param>
public sealed record WeekReading(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>By rule and severity.</summary>
    public IReadOnlyList<WeekIncidents> Incidents { get; init; } = [];

    /// <summary>By ad account, the slowest first.</summary>
    public IReadOnlyList<WeekRemovals> Removals { get; init; } = [];

    /// <summary>What fires when it is made.</summary>
    public IReadOnlyList<Alert> Firing { get; init; } = [];

    /// <summary>What is silenced when it is made.</summary>
    public IReadOnlyList<AlertSilence> Silences { get; init; } = [];
}
