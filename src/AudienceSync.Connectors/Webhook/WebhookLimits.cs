namespace AudienceSync.Connectors.Webhook;

/// <summary>What a receiver is asked to take, and how patient we are with it (docs/webhook.md).</summary>
public static class WebhookLimits
{
    public const int DefaultMembersPerCall = 1_000;

    public const int MaxMembersPerCall = 10_000;

    /// <summary>A key shorter than this can be guessed from one signed call.</summary>
    public const int LeastKeyChars = 16;

    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long to stay away when throttled without being told for how long.</summary>
    public static readonly TimeSpan ThrottleWait = TimeSpan.FromMinutes(1);

    /// <summary>A receiver is promised one call of a list at a time and nothing about calls that cross, so adds and removes never overlap.</summary>
    public static DestinationLimits For(int membersPerCall, TimeSpan callTimeout) => new(membersPerCall, callTimeout, OrderedCalls: false);
}
