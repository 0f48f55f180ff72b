namespace AudienceSync.Domain.Alerts;

/// <summary>The alerts of one rule at one destination, or at one subject: people hear of them together.</summary>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Group">The destination, or the subject where there is none; with the owner, where there is one.</param>
public readonly record struct IncidentId(string Rule, string Group)
{
    public static IncidentId Of(AlertCondition condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var group = condition.Destination ?? condition.Subject;
        return new IncidentId(condition.Rule.Name, condition.Owner is { } owner ? $"{group}:{owner}" : group);
    }
}

/// <summary>What people know of an incident.</summary>
/// <param name="Id">Its name.</param>
/// <param name="BeganAt">When its first alert fired.</param>
public sealed record AlertIncident(IncidentId Id, DateTimeOffset BeganAt)
{
    /// <summary>The worst that was announced; null when nothing was.</summary>
    public AlertSeverity? Announced { get; init; }

    /// <summary>The subjects that were announced, in their order.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>Who is responsible.</summary>
    public string? Owner { get; init; }

    /// <summary>When more members may be announced.</summary>
    public DateTimeOffset UpdateAt { get; init; }

    /// <summary>When it is announced again that it still goes on.</summary>
    public DateTimeOffset RemindAt { get; init; }
}
