using AudienceSync.Host.Ingest;

namespace AudienceSync.Host.Access;

/// <summary>Every token this process accepts: filled before the first request, never changed after it.</summary>
public sealed class AccessTokens
{
    /// <summary>Tokens of operators. Without one configured nobody is let in.</summary>
    public SourceTokens<OperatorAccount> Operators { get; } = new();

    /// <summary>Tokens of sources, each with the inbox that its events go to.</summary>
    public SourceTokens<WebhookInbox> Sources { get; } = new();
}
