using AudienceSync.Domain.Alerts;

namespace AudienceSync.Host.Alerts;

/// <summary>Tries a channel, as an operator asks: a notice like any other, recorded with its answer.</summary>
internal sealed class ChannelTrial(
    PlannedAlerts plan,
    AlertScene scene,
    AlertStateStore states,
    AlertSender sender,
    AlertQueries queries,
    TimeProvider clock
)
{
    /// <summary>What the channel answered; null when there is no such channel.</summary>
    public async Task<NoticeView?> RunAsync(string channel, string by, CancellationToken cancellationToken)
    {
        if (plan.Find(channel) is null)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var notice = new AlertNotice(
            NoticeKind.Test,
            AlertSeverity.Warning,
            "test",
            channel,
            "Test of a channel",
            "Nothing: somebody tries whether alerts arrive.",
            now,
            now,
            [new NoticeMember(channel, [new AlertFact("by", by)])]
        )
        {
            Workspace = scene.Workspace,
        };
        var send = new NewSend(notice, channel);
        var number = await states.WriteNoticeAsync(notice, [send], cancellationToken);
        await sender.SendAsync(send.Id, cancellationToken);
        return (await queries.FindAsync(number, cancellationToken))?.View;
    }
}
