namespace AudienceSync.Domain.Alerts;

/// <summary>A channel, as far as it decides who hears of what.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Least">It gets incidents that are at least as bad.</param>
/// <param name="TakesReminders">Whether it gets reminders: a service that reminds by itself does not.</param>
public sealed record AlertChannelRoute(string Name, AlertSeverity Least, bool TakesReminders)
{
    /// <summary>The names of the channels that get a notice.</summary>
    /// <remarks>
    /// A recovery has the worst that was announced, which only grows: so it goes to the channels that got anything of the incident.
    /// </remarks>
    public static IReadOnlyList<string> Of(AlertNotice notice, IReadOnlyList<AlertChannelRoute> channels, AlertSettings settings)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (notice.Kind == NoticeKind.WeeklyDigest)
        {
            return [notice.Group];
        }

        return
        [
            .. channels
                .Where(channel => ChannelScope.Of(channel.Name, settings).Has(notice.Owner))
                .Where(channel => notice.Severity >= channel.Least && channel.Name != notice.AboutChannel)
                .Where(channel => channel.TakesReminders || notice.Kind != NoticeKind.Reminder)
                .Select(channel => channel.Name),
        ];
    }
}
