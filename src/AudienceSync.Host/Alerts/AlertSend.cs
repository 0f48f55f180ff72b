using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Alerts;

namespace AudienceSync.Host.Alerts;

/// <summary>The state of a notice to a channel; the numbers are stored.</summary>
public enum AlertSendState : short
{
    /// <summary>Has a message, or waits for one.</summary>
    Open = 1,

    /// <summary>The channel has it.</summary>
    Sent = 2,

    /// <summary>The channel does not take this notice.</summary>
    Refused = 3,

    /// <summary>The channel takes no notice.</summary>
    Dead = 4,

    /// <summary>It was sent twice without an answer, so it is not sent once more: people may have it none, one or two times.</summary>
    InDoubt = 5,

    /// <summary>The channel did not take it within a day.</summary>
    GaveUp = 6,
}

/// <summary>A notice for a channel, before it is stored.</summary>
/// <param name="Notice">The notice.</param>
/// <param name="Channel">The channel's name.</param>
internal sealed record NewSend(AlertNotice Notice, string Channel)
{
    /// <summary>The same for the same notice to the same channel.</summary>
    public Guid Id { get; } =
        new(
            SHA256
                .HashData(
                    Encoding.UTF8.GetBytes(
                        string.Join(
                            '\n',
                            Notice.Workspace,
                            Notice.Rule,
                            Notice.Group,
                            $"{Notice.BeganAt.UtcTicks} {Notice.At.UtcTicks} {Notice.Kind}",
                            Channel
                        )
                    )
                )
                .AsSpan(0, 16)
        );
}

/// <summary>A notice to a channel whose attempt is recorded as begun.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Channel">The channel's name.</param>
/// <param name="OpenedAt">When it was made.</param>
/// <param name="Attempts">Attempts, with this one.</param>
/// <param name="Unanswered">Attempts whose answer is not known, with this one.</param>
/// <param name="Notice">The notice.</param>
internal sealed record BegunSend(Guid Id, string Channel, DateTimeOffset OpenedAt, int Attempts, int Unanswered, AlertNotice Notice);

/// <summary>An open send, as the loop sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Channel">The channel's name.</param>
/// <param name="Incident">What it is about.</param>
/// <param name="EnlistedAt">When it got its last message; null for none yet.</param>
/// <param name="RetryAt">When it gets the next one; null when it has one.</param>
internal sealed record OpenSend(Guid Id, string Channel, IncidentId Incident, DateTimeOffset? EnlistedAt, DateTimeOffset? RetryAt);
