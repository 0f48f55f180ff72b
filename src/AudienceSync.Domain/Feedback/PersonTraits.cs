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
);
