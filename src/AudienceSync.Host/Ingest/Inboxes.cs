namespace AudienceSync.Host.Ingest;

/// <summary>The inboxes of a workspace, one for each of its senders.</summary>
/// <param name="BySource">By the name of the source.</param>
public sealed record Inboxes(IReadOnlyDictionary<string, WebhookInbox> BySource);
