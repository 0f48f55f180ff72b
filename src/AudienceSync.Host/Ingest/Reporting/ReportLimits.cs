namespace AudienceSync.Host.Ingest.Reporting;

/// <summary>Limits of reporting webhooks beside those of all requests. docs/LIMITS.md lists them; a test compares.</summary>
public static class ReportLimits
{
    /// <summary>Characters of a metric, channel or topic.</summary>
    public const int NameChars = 100;

    /// <summary>Topics, and channels, of one change of preferences.</summary>
    public const int Topics = 200;

    /// <summary>Bodies in memory whose signature is not checked yet; beyond it, the sender is asked to send again later.</summary>
    public const int UnverifiedBodies = 32;
}
