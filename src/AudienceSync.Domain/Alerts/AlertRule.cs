namespace AudienceSync.Domain.Alerts;

/// <summary>How bad it is; the numbers are stored.</summary>
public enum AlertSeverity : short
{
    /// <summary>Somebody should look at it today.</summary>
    Warning = 1,

    /// <summary>Somebody must look at it now.</summary>
    Critical = 2,
}

/// <summary>What the subject of a rule is.</summary>
public enum AlertScope
{
    /// <summary>The whole workspace.</summary>
    Workspace = 1,

    /// <summary>A source of webhooks.</summary>
    Source,

    /// <summary>An ad account.</summary>
    Account,

    /// <summary>An audience at a destination, or as such.</summary>
    Audience,

    /// <summary>A channel by which people are alerted.</summary>
    Channel,
}

/// <summary>A condition that people are alerted about.</summary>
/// <param name="Name">Stable: in the configuration, in silences, in keys of incidents.</param>
/// <param name="Title">What it is called in a notice.</param>
/// <param name="Scope">What its subject is.</param>
/// <param name="For">How long the condition must hold before it fires.</param>
/// <param name="Keep">How long it must be over before the alert is: a shorter pause is no recovery.</param>
/// <param name="Advice">What to do, in one sentence.</param>
public sealed record AlertRule(string Name, string Title, AlertScope Scope, TimeSpan For, TimeSpan Keep, string Advice)
{
    /// <summary>
    /// Whether it explains what is wrong with the audiences of its destination: as long as it fires, their alerts are not sent.
    /// </summary>
    public bool Inhibits { get; init; }
}
