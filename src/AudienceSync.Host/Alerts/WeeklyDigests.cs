using AudienceSync.Domain.Alerts;

namespace AudienceSync.Host.Alerts;

/// <summary>
/// Makes the weekly digest of each channel that has one.
/// <para>
/// <b>States of a channel.</b> Never seen: this week is taken as over without a digest. Has the week in which the latest hour lies: nothing
/// to do. Has an earlier one: gets a digest of the seven days before the latest hour, so a Host that was down for a month sends one.
/// </para>
/// <para>
/// <b>Once.</b> It is written in the transaction of a look, under the lease, with its notice and its message; its key in the database is
/// the week and the channel, so whatever else fails, a second one of a week cannot be stored.
/// </para>
/// </summary>
internal sealed class WeeklyDigests(PlannedAlerts plan, AlertScene scene, WeekStore store, WeekQueries weeks)
{
    /// <summary>What is to be written now; usually nothing.</summary>
    /// <param name="state">What is not ok now.</param>
    /// <param name="silences">What is silenced.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<EndedWeek>> EndedAsync(
        AlertState state,
        IReadOnlyList<AlertSilence> silences,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (plan.Digest is not { } digest)
        {
            return [];
        }

        var ended = new List<EndedWeek>();
        var to = digest.Schedule.LatestAt(now);
        var week = WeeklySchedule.WeekOf(to);
        foreach (var (channel, latest) in await store.LatestAsync(digest.Channels, cancellationToken))
        {
            if (latest is null)
            {
                ended.Add(new EndedWeek(channel, week, Notice: null));
            }
            else if (latest < week)
            {
                var reading = new WeekReading(to - WeeklySchedule.Week, to) { Firing = [.. state.Alerts.Values], Silences = silences };
                ended.Add(new EndedWeek(channel, week, await MakeAsync(plan.Find(channel)!, reading, now, cancellationToken)));
            }
        }

        return ended;
    }

    private async Task<AlertNotice> MakeAsync(
        PlannedChannel channel,
        WeekReading reading,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var scope = ChannelScope.Of(channel.Name, plan.Settings);
        var week = reading with
        {
            Incidents = await weeks.IncidentsAsync(scope, reading.From, reading.To, cancellationToken),
            Removals = await weeks.RemovalsAsync(scene.Destinations.Keys, reading.From, reading.To, cancellationToken),
        };
        return WeeklyDigest.Of(channel.Name, scope, channel.Least, week, now) with { Workspace = scene.Workspace };
    }
}
