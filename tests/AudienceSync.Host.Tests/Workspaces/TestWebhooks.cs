using System.Text;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Tests.Workspaces;

/// <summary>Webhooks as they reach the log, without HTTP.</summary>
internal sealed class TestWebhooks(byte[] secret) : IDisposable
{
    private readonly AliasDigester _digester = new(secret);

    public PendingEvent Add(
        string id,
        DateTimeOffset at,
        string? customer = null,
        string? email = null,
        string? phone = null,
        int key = 0
    ) => Event(id, new AudienceMemberAdded(AudienceKey.Of($"k{key}", 1), at, "test", default, null), at, customer, email, phone);

    public PendingEvent Remove(
        string id,
        DateTimeOffset at,
        string? customer = null,
        string? email = null,
        string? phone = null,
        int key = 0
    ) => Event(id, new AudienceMemberRemoved(AudienceKey.Of($"k{key}", 1), at, "test", default, null), at, customer, email, phone);

    /// <summary>Any event of a person.</summary>
    public PendingEvent Event(
        string id,
        IStoredEvent sent,
        DateTimeOffset at,
        string? customer = null,
        string? email = null,
        string? phone = null
    )
    {
        var aliases = new List<Alias>();
        AddAlias(aliases, IdentifierKind.CustomerId, customer);
        AddAlias(aliases, IdentifierKind.Email, email);
        AddAlias(aliases, IdentifierKind.Phone, phone);
        return new PendingEvent(
            EventId.Derive("test", id),
            EventTypes.AliasOf(sent),
            EventJson.Write(sent),
            at,
            [.. aliases],
            IdentifierReader.Read(customer, email, phone, "US")
        );
    }

    public static PendingRequest Request(params PendingEvent[] events) =>
        new(events, [], Encoding.UTF8.GetBytes($"body of {string.Join(',', events.Select(e => e.Id))}"), TestWorkspace.Start);

    public AliasDigester Digester => _digester;

    public Alias Alias(IdentifierKind kind, string canonical) => _digester.Digest(kind, canonical);

    public void Dispose() => _digester.Dispose();

    private void AddAlias(List<Alias> aliases, IdentifierKind kind, string? canonical)
    {
        if (canonical is not null)
        {
            aliases.Add(Alias(kind, canonical));
        }
    }
}
