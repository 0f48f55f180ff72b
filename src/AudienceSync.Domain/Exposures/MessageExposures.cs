using AudienceSync.Domain.Events;
using AudienceSync.Domain.Outcomes;

namespace AudienceSync.Domain.Exposures;

/// <summary>Which outcomes of messages are in the exposure log.</summary>
public static class MessageExposures
{
    private const string Sent = "sent";

    /// <summary>Null when it is not: an opening or a click of a machine exposes nobody.</summary>
    public static ExposureKind? KindOf(MessageOutcomeRecorded outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return outcome.Metric switch
        {
            Sent => ExposureKind.MessageSent,
            OutcomeMetrics.Delivered => ExposureKind.MessageDelivered,
            OutcomeMetrics.Opened when !outcome.Machine => ExposureKind.MessageOpened,
            OutcomeMetrics.Clicked when !outcome.Machine => ExposureKind.MessageClicked,
            OutcomeMetrics.Bounced => ExposureKind.MessageBounced,
            OutcomeMetrics.Spammed => ExposureKind.MessageComplained,
            OutcomeMetrics.Unsubscribed => ExposureKind.MessageUnsubscribed,
            _ => null,
        };
    }
}
