using AudienceSync.Connectors.Alerts;
using AudienceSync.Host.Messages;

namespace AudienceSync.Host.Alerts;

/// <summary>
/// Sends a notice to its channel, and records the answer.
/// <para>
/// <b>States.</b> Open; sent; refused (our mistake); dead (the channel's); in doubt; given up after a day. A message of a send that is over
/// has nothing to do, so it may be handled any number of times.
/// </para>
/// <para>
/// <b>Failures.</b> The attempt is recorded before the call. A Host that is killed between the call and the record leaves an attempt
/// without an answer, and so does a connection that breaks. A channel that takes the same notice twice as one (PagerDuty by its key, a
/// webhook by its id) gets it again until it answers. For any other one the second attempt without an answer is the last: people have it
/// twice at most, and the send is in doubt. Not now: again after 30 s to 10 minutes, or as the channel requested.
/// </para>
/// </summary>
internal sealed class AlertSender(PlannedAlerts plan, AlertSendStore sends, TimeProvider clock, ILogger<AlertSender> logger)
{
    /// <summary>How long a notice is tried.</summary>
    internal static readonly TimeSpan TriedFor = TimeSpan.FromHours(24);

    /// <summary>Attempts without an answer after which a notice that could be shown twice is not sent again.</summary>
    internal const int MostUnanswered = 2;

    private const string ChannelRemoved = "channel_not_configured";
    private const string InDoubt = "in_doubt";

    public async Task SendAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await sends.BeginAsync(id, cancellationToken) is not { } send)
        {
            return;
        }

        if (plan.Find(send.Channel) is not { } planned)
        {
            await EndAsync(send, AlertSendState.Refused, new ChannelAnswer(ChannelOutcome.Refused, ChannelRemoved, 0), cancellationToken);
            return;
        }

        if (!planned.Channel.Repeats && send.Unanswered > MostUnanswered)
        {
            await EndAsync(send, AlertSendState.InDoubt, new ChannelAnswer(ChannelOutcome.Later, InDoubt, 0), cancellationToken);
            return;
        }

        var answer = await planned.Channel.SendAsync(new AlertMessage(send.Id, send.Notice), cancellationToken);
        await RecordAsync(planned, send, answer, cancellationToken);
    }

    private async Task RecordAsync(PlannedChannel planned, BegunSend send, ChannelAnswer answer, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        switch (answer.Outcome)
        {
            case ChannelOutcome.Accepted:
                await EndAsync(send, AlertSendState.Sent, answer, cancellationToken);
                if (await sends.ChannelWorksAsync(planned.Name, cancellationToken))
                {
                    logger.LogInformation("Alert channel {Channel} works again", planned.Name);
                }

                break;
            case ChannelOutcome.Refused:
                await EndAsync(send, AlertSendState.Refused, answer, cancellationToken);
                break;
            case ChannelOutcome.Dead:
                await sends.ChannelIsDeadAsync(planned.Name, answer.Code, now, cancellationToken);
                await EndAsync(send, AlertSendState.Dead, answer, cancellationToken);
                break;
            case ChannelOutcome.Later when answer.MayHaveArrived && !planned.Channel.Repeats && send.Unanswered >= MostUnanswered:
                await EndAsync(send, AlertSendState.InDoubt, answer, cancellationToken);
                break;
            case ChannelOutcome.Later when now - send.OpenedAt >= TriedFor:
                await EndAsync(send, AlertSendState.GaveUp, answer, cancellationToken);
                break;
            default:
                await RetryAsync(send, answer, now, cancellationToken);
                break;
        }
    }

    private async Task RetryAsync(BegunSend send, ChannelAnswer answer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var wait = SendWait.After(send.Attempts - 1, answer.RetryAfter);
        await sends.RetryAsync(send.Id, answer, now + wait, cancellationToken);
        logger.LogWarning(
            "Alert channel {Channel}: not accepted with {Code}; retrying in {Wait_s} s",
            send.Channel,
            answer.Code,
            (int)wait.TotalSeconds
        );
    }

    private async Task EndAsync(BegunSend send, AlertSendState state, ChannelAnswer answer, CancellationToken cancellationToken)
    {
        await sends.EndAsync(send.Id, state, answer, clock.GetUtcNow(), cancellationToken);
        if (state != AlertSendState.Sent)
        {
            logger.LogError(
                "Alert channel {Channel}: a notice of {Rule} ended as {State} with {Code}",
                send.Channel,
                send.Notice.Rule,
                state,
                answer.Code
            );
        }
    }
}
