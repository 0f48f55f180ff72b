using AudienceSync.Domain.Outcomes;

namespace AudienceSync.Domain.Feedback;

/// <summary>What is known of a person that the sender's journeys can use, as attributes. Null is not known, and is not sent.</summary>
/// <param name="EmailDeliverable">Whether email reaches the person.</param>
/// <param name="SmsDeliverable">Whether text messages do.</param>
/// <param name="LastEmailClickAt">The last click of a human in an email.</param>
/// <param name="ComplaintCount">How often the person reported a message as spam.</param>
/// <param name="AdsSuppressed">Whether the person is suppressed at every destination.</param>
public readonly record struct PersonTraits(
    bool? EmailDeliverable,
    bool? SmsDeliverable,
    DateTimeOffset? LastEmailClickAt,
    int? ComplaintCount,
    bool AdsSuppressed
)
{
    /// <summary>The traits by what outcomes of messages prove. A channel without an outcome is not known.</summary>
    /// <param name="engagement">The outcomes.</param>
    /// <param name="rule">How many soft bounces make an address undeliverable.</param>
    /// <param name="now">The time.</param>
    /// <param name="adsSuppressed">Whether the person is suppressed at every destination.</param>
    public static PersonTraits Of(Engagement engagement, SoftBounceRule rule, DateTimeOffset now, bool adsSuppressed)
    {
        ArgumentNullException.ThrowIfNull(engagement);
        return new PersonTraits(
            Deliverable(OutcomeChannels.Email),
            Deliverable(OutcomeChannels.Sms),
            engagement.LastEmailClickAt,
            engagement == Engagement.Empty ? null : engagement.ComplaintCount,
            adsSuppressed
        );

        bool? Deliverable(string channel) =>
            engagement.Of(channel) is { } known && known != ChannelEngagement.Empty
                ? engagement.DeliverabilityOf(channel, now, rule).Deliverable
                : null;
    }
}
