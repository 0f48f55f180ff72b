namespace AudienceSync.Domain.Outcomes;

/// <summary>The metrics that have a meaning here. Every other one is recorded and has none.</summary>
public static class OutcomeMetrics
{
    public const string Attempted = "attempted";
    public const string Bounced = "bounced";
    public const string Clicked = "clicked";
    public const string Deferred = "deferred";
    public const string Delivered = "delivered";
    public const string Dropped = "dropped";
    public const string Failed = "failed";
    public const string Opened = "opened";
    public const string PreferencesChanged = "cio_subscription_preferences_changed";
    public const string Spammed = "spammed";
    public const string Subscribed = "subscribed";
    public const string Undeliverable = "undeliverable";
    public const string Unsubscribed = "unsubscribed";
}

/// <summary>The channels that have an address or a device of the person, for which deliverability is known.</summary>
public static class OutcomeChannels
{
    public const string Email = "email";
    public const string Push = "push";
    public const string Sms = "sms";
    public const string Whatsapp = "whatsapp";

    /// <summary>An answer of the person that is not about one message.</summary>
    public const string Customer = "customer";

    /// <summary>The channels with deliverability.</summary>
    public static readonly IReadOnlyList<string> Addressed = [Email, Sms, Push, Whatsapp];
}
