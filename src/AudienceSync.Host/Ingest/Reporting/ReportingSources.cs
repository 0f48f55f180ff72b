using System.Net;

namespace AudienceSync.Host.Ingest.Reporting;

/// <summary>The reporting sources of all workspaces: filled before the first request, never changed afterwards.</summary>
public sealed class ReportingSources
{
    private readonly List<WebhookInbox> _inboxes = [];

    /// <summary>Adds a source.</summary>
    public void Add(WebhookInbox inbox) => _inboxes.Add(inbox);

    /// <summary>
    /// Those that a request may come from. Workspaces may have sources of the same name: whose it is, its signature shows. Without a name
    /// it is the only one there is, so that no request is compared with the keys of many.
    /// </summary>
    /// <param name="name">As the request names it; null when it names none.</param>
    public IReadOnlyList<WebhookInbox> Named(string? name) =>
        name is null ? (_inboxes.Count == 1 ? _inboxes : []) : _inboxes.FindAll(inbox => inbox.Source.Name == name);

    /// <summary>Those that admit an address.</summary>
    public static IReadOnlyList<WebhookInbox> Admitting(IReadOnlyList<WebhookInbox> inboxes, IPAddress? address) =>
        [.. inboxes.Where(inbox => inbox.Source.AllowFrom.Allow(address))];
}
