namespace AudienceSync.Domain.Decisions;

/// <summary>
/// The fields that a source may receive. <see cref="Audiences"/> and <see cref="Topics"/> are one field for each audience and topic. The
/// numbers are stored with each logged decision; never renumber.
/// </summary>
[Flags]
public enum DecisionFields
{
    None = 0,
    Known = 1,
    Suppressed = 2,
    SuppressedReason = 4,
    ConsentAds = 8,
    Erased = 16,
    Audiences = 32,
    EmailDeliverable = 64,
    EmailUndeliverableReason = 128,
    SmsDeliverable = 256,
    PushDeliverable = 512,
    LastDeliveredAt = 1024,
    LastClickAt = 2048,
    ComplaintCount = 4096,
    Unsubscribed = 8192,
    Topics = 16384,
    AsOfPosition = 32768,
    All = 65535,

    /// <summary>The fields that follow from message outcomes.</summary>
    Engagement =
        EmailDeliverable
        | EmailUndeliverableReason
        | SmsDeliverable
        | PushDeliverable
        | LastDeliveredAt
        | LastClickAt
        | ComplaintCount
        | Unsubscribed
        | Topics,
}

/// <summary>The names of fields in configuration and answers.</summary>
public static class DecisionFieldNames
{
    /// <summary>Before the name of an audience or key.</summary>
    public const string InPrefix = "in_";

    /// <summary>Before the id of a topic.</summary>
    public const string TopicPrefix = "topic_";

    /// <summary>Whether the answer is the configured one, because there was no other in time.</summary>
    public const string Fallback = "fallback";

    /// <summary>The names that were asked for and are neither audiences nor keys.</summary>
    public const string UnknownAudiences = "unknown_audiences";

    private static readonly (DecisionFields Field, string Name)[] Pairs =
    [
        (DecisionFields.Known, "known"),
        (DecisionFields.Suppressed, "suppressed"),
        (DecisionFields.SuppressedReason, "suppressed_reason"),
        (DecisionFields.ConsentAds, "consent_ads"),
        (DecisionFields.Erased, "erased"),
        (DecisionFields.Audiences, "audiences"),
        (DecisionFields.EmailDeliverable, "email_deliverable"),
        (DecisionFields.EmailUndeliverableReason, "email_undeliverable_reason"),
        (DecisionFields.SmsDeliverable, "sms_deliverable"),
        (DecisionFields.PushDeliverable, "push_deliverable"),
        (DecisionFields.LastDeliveredAt, "last_delivered_at"),
        (DecisionFields.LastClickAt, "last_click_at"),
        (DecisionFields.ComplaintCount, "complaint_count"),
        (DecisionFields.Unsubscribed, "unsubscribed"),
        (DecisionFields.Topics, "topics"),
        (DecisionFields.AsOfPosition, "as_of_position"),
    ];

    /// <summary>All names, in the order of answers.</summary>
    public static IReadOnlyList<string> All => [.. Pairs.Select(pair => pair.Name)];

    /// <summary>The name of one field.</summary>
    public static string Of(DecisionFields field) => Array.Find(Pairs, pair => pair.Field == field).Name;

    /// <summary>False when the name is not that of a field.</summary>
    public static bool TryParse(string? name, out DecisionFields field)
    {
        field = Array.Find(Pairs, pair => pair.Name == name).Field;
        return field != DecisionFields.None;
    }
}
