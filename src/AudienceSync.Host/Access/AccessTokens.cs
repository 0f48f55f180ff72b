using AudienceSync.Host.Ingest;

namespace AudienceSync.Host.Access;

/// <summary>Every token that this process accepts: filled before the first request, never changed afterwards.</summary>
public sealed class AccessTokens
{
    /// <summary>Tokens of operators. When none is configured, no operator has access.</summary>
    public SourceTokens<OperatorAccount> Operators { get; } = new();

    /// <summary>Tokens of sources, each with the inbox that receives its events.</summary>
    public SourceTokens<WebhookInbox> Sources { get; } = new();
}
