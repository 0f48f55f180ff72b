namespace AudienceSync.Connectors.Webhook;

/// <summary>What a receiver must accept, and how long we wait for it (docs/webhook.md).</summary>
public static class WebhookLimits
{
    public const int DefaultMembersPerCall = 1_000;

    public const int MaxMembersPerCall = 10_000;

    public const int MaxCallsPerMinute = 60_000;

    /// <summary>A key shorter than this can be guessed from one signed call.</summary>
    public const int LeastKeyChars = 16;

    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait when throttled without a stated time.</summary>
    public static readonly TimeSpan ThrottleWait = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A receiver is guaranteed one call of a list at a time and nothing about overlapping calls, so adds and removes never overlap.
    /// </summary>
    public static DestinationLimits For(WebhookSettings settings) =>
        new(settings.MembersPerCall, settings.CallTimeout, OrderedCalls: false)
        {
            Allowances = settings.CallsPerMinute is { } calls ? [new CallAllowance("minute", calls, TimeSpan.FromMinutes(1))] : [],
        };
}
