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
    public const string Unsubscribed = "unsubscribed";

    /// <summary>Whether a message with this outcome will be tried again, so that nothing final is known of it.</summary>
    public static bool IsRetried(string metric) => metric is Attempted or Deferred;
}
