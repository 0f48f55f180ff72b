namespace AudienceSync.Domain.Alerts;

/// <summary>A rule at a subject: an alert of a workspace by its name.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Subject">Stable within the rule; names of the configuration only.</param>
public readonly record struct AlertId(string Rule, string Subject);

/// <summary>What is measured of a condition, for people.</summary>
/// <param name="Name">For example <c>oldest</c>.</param>
/// <param name="Value">For example <c>43 min</c>. Names of the configuration, codes, counts and times only.</param>
public readonly record struct AlertFact(string Name, string Value);

/// <summary>A condition that holds now.</summary>
/// <param name="Rule">The rule that it is of.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Severity">How bad it is now.</param>
/// <param name="Facts">What is measured.</param>
public sealed record AlertCondition(AlertRule Rule, string Subject, AlertSeverity Severity, IReadOnlyList<AlertFact> Facts)
{
    public AlertId Id => new(Rule.Name, Subject);

    /// <summary>The ad account that it is about; null for none.</summary>
    public string? Destination { get; init; }

    /// <summary>The audience that it is about; null for none.</summary>
    public string? Audience { get; init; }

    /// <summary>Who is responsible, when their alerts go to channels of their own; null for everybody.</summary>
    public string? Owner { get; init; }
}
