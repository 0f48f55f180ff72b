using AudienceSync.Domain.Alerts;

namespace AudienceSync.Connectors.Alerts;

/// <summary>What an answer of a channel means.</summary>
public enum ChannelOutcome
{
    /// <summary>It has the notice.</summary>
    Accepted = 1,

    /// <summary>It does not take this notice, and never will: our mistake.</summary>
    Refused,

    /// <summary>It takes no notice until somebody corrects it: people must be alerted by another channel.</summary>
    Dead,

    /// <summary>Not now.</summary>
    Later,
}

/// <summary>The answer of a channel.</summary>
/// <param name="Outcome">What it means.</param>
/// <param name="Code">Stable: <c>done</c>, <c>slack_no_service</c>, <c>timeout</c>. Never a text of the service.</param>
/// <param name="Status">HTTP or SMTP status; 0 when there was none.</param>
public sealed record ChannelAnswer(ChannelOutcome Outcome, string Code, int Status)
{
    public const string Done = "done";

    /// <summary>How long the channel requested to wait; null when it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the notice may have arrived though there is no answer.</summary>
    public bool MayHaveArrived { get; init; }
}

/// <summary>A notice on its way.</summary>
/// <param name="Id">The same for each attempt.</param>
/// <param name="Notice">What it is about.</param>
public sealed record AlertMessage(Guid Id, AlertNotice Notice)
{
    /// <summary>The incident's name at the services, as PagerDuty's <c>dedup_key</c>.</summary>
    public string Key => IncidentKey.Of(Notice.Workspace, Notice.Rule, Notice.Group);

    /// <summary>The name of this occurrence of the incident.</summary>
    public string Thread => IncidentKey.Thread(Notice.Workspace, Notice.Rule, Notice.Group, Notice.BeganAt);
}

/// <summary>A way to alert people.</summary>
public interface IAlertChannel
{
    /// <summary>Whether a notice that is sent twice is one for people: then it may be repeated whatever became of it.</summary>
    bool Repeats { get; }

    /// <summary>Whether it gets reminders: a service that reminds people by itself does not.</summary>
    bool TakesReminders { get; }

    /// <exception cref="OperationCanceledException">The token was canceled, and only then.</exception>
    ValueTask<ChannelAnswer> SendAsync(AlertMessage message, CancellationToken cancellationToken);
}
