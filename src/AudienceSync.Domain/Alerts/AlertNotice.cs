namespace AudienceSync.Domain.Alerts;

/// <summary>Why people hear of an incident; the numbers are stored.</summary>
public enum NoticeKind : short
{
    /// <summary>It began.</summary>
    Opened = 1,

    /// <summary>It is critical now.</summary>
    Escalated = 2,

    /// <summary>More subjects have it.</summary>
    Updated = 3,

    /// <summary>It still goes on.</summary>
    Reminder = 4,

    /// <summary>It is over.</summary>
    Recovered = 5,

    /// <summary>An operator tries a channel.</summary>
    Test = 6,

    /// <summary>What happened in a week; not about one incident.</summary>
    WeeklyDigest = 7,
}

/// <summary>One of the subjects of an incident.</summary>
/// <param name="Subject">Its name.</param>
/// <param name="Facts">What is measured.</param>
public sealed record NoticeMember(string Subject, IReadOnlyList<AlertFact> Facts);

/// <summary>A part of a weekly digest.</summary>
/// <param name="Title">What it lists.</param>
/// <param name="Members">Its lines.</param>
public sealed record NoticeSection(string Title, IReadOnlyList<NoticeMember> Members);

/// <summary>
/// What people are sent about an incident. It has names of the configuration, codes, counts and times, and nothing of a person.
/// </summary>
/// <param name="Kind">Why.</param>
/// <param name="Severity">The worst of the incident.</param>
/// <param name="Rule">Name of the rule.</param>
/// <param name="Group">The incident's group.</param>
/// <param name="Title">What the rule is called.</param>
/// <param name="Advice">What to do.</param>
/// <param name="BeganAt">When the incident began.</param>
/// <param name="At">The time of the notice.</param>
/// <param name="Members">Its subjects; when it is over, those that were announced.</param>
public sealed record AlertNotice(
    NoticeKind Kind,
    AlertSeverity Severity,
    string Rule,
    string Group,
    string Title,
    string Advice,
    DateTimeOffset BeganAt,
    DateTimeOffset At,
    IReadOnlyList<NoticeMember> Members
)
{
    /// <summary>Who is responsible; null for everybody.</summary>
    public string? Owner { get; init; }

    /// <summary>The workspace.</summary>
    public string Workspace { get; init; } = "";

    /// <summary>The parts of a weekly digest, which has no members; empty for every other notice.</summary>
    public IReadOnlyList<NoticeSection> Sections { get; init; } = [];

    /// <summary>The channel that it is about, and to which it is not sent; null for none.</summary>
    public string? AboutChannel => Rule == AlertRules.DeadChannel.Name ? Group : null;

    /// <summary>One line: <c>[CRITICAL] Removals late: meta_main</c>.</summary>
    public string Headline => Kind == NoticeKind.WeeklyDigest ? $"[{Label}] {Title}" : $"[{Label}] {Title}: {Group}";

    /// <summary><c>CRITICAL</c>, <c>WARNING</c>, <c>RESOLVED after 43 min</c>, <c>TEST</c> or <c>DIGEST</c>.</summary>
    public string Label =>
        Kind switch
        {
            NoticeKind.Recovered => $"RESOLVED after {AlertText.Duration(At - BeganAt)}",
            NoticeKind.Test => "TEST",
            NoticeKind.WeeklyDigest => "DIGEST",
            _ => Severity == AlertSeverity.Critical ? "CRITICAL" : "WARNING",
        };
}
