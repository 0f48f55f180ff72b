namespace AudienceSync.Domain.Alerts;

/// <summary>Alerts that somebody wants to hear nothing of for a while. What is null fits everything; at least one is not.</summary>
/// <param name="Rule">Name of a rule.</param>
/// <param name="Destination">An ad account.</param>
/// <param name="Subject">A subject of a rule, or an audience.</param>
/// <param name="Until">Its end.</param>
public sealed record AlertSilence(string? Rule, string? Destination, string? Subject, DateTimeOffset Until)
{
    public bool Covers(AlertCondition condition, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return now < Until
            && Fits(Rule, condition.Rule.Name)
            && Fits(Destination, condition.Destination)
            && (Fits(Subject, condition.Subject) || Fits(Subject, condition.Audience));
    }

    private static bool Fits(string? wanted, string? given) => wanted is null || string.Equals(wanted, given, StringComparison.Ordinal);
}
