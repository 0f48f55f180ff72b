namespace AudienceSync.Host.Configuration;

/// <summary>What a source is answered when it asks about a person (<c>POST /v1/decisions</c>).</summary>
public sealed class DecisionsConfig
{
    /// <summary>The fields it receives; all when absent.</summary>
    public List<string>? Fields { get; set; }

    /// <summary>After how long it is answered with <see cref="Fallback"/>.</summary>
    public int TimeoutMs { get; set; } = DefaultTimeoutMs;

    /// <summary>The fields of the answer when there is no other in time: true, false, null, a whole number, or text.</summary>
    public Dictionary<string, string?> Fallback { get; set; } = [];

    /// <summary>Whether the response to a webhook of one event has the fields, too.</summary>
    public bool InWebhookResponse { get; set; }

    public const int DefaultTimeoutMs = 2_000;

    /// <summary>A journey tool waits for 4 s or less.</summary>
    public const int MaxTimeoutMs = 3_000;
}
