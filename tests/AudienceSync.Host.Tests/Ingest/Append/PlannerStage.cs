using System.Text;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Tests.Workspaces;

namespace AudienceSync.Host.Tests.Ingest.Append;

/// <summary>The planner alone, without PostgreSQL: everything not known is as if it had been looked up and not found.</summary>
internal sealed class PlannerStage : IDisposable
{
    private readonly TestWebhooks _webhooks = new(TestWorkspace.Secret);
    private readonly AppendPlanner _planner;
    private int _people;

    /// <param name="addressesPerDay">See <see cref="LinkLimit"/>.</param>
    public PlannerStage(int addressesPerDay = 20)
    {
        var vault = new Vault(new MasterKeys(new MasterKey(1, TestWorkspace.Secret)));
        _planner = new AppendPlanner(vault, new LinkLimit(addressesPerDay), () => new byte[Vault.SaltBytes]);
        Known = new KnownState(() => new PersonId(new Guid(++_people, 0, 0, new byte[8])));
    }

    public KnownState Known { get; }

    /// <summary>An event as <c>id:customer</c> or <c>id:customer+email</c>: an add, or after <c>-</c> a removal.</summary>
    public PendingEvent Event(string text)
    {
        var (id, customer, email) = text.TrimStart('-').Split(':', '+') switch
        {
            [var one, var other] => (one, other, null),
            [var one, var other, var mail] => (one, other, $"{mail}@shop.example"),
            _ => throw new FormatException(text),
        };
        return text[0] == '-'
            ? _webhooks.Remove(id, TestWorkspace.Start, customer, email)
            : _webhooks.Add(id, TestWorkspace.Start, customer, email);
    }

    public Alias Customer(string customer) => _webhooks.Alias(IdentifierKind.CustomerId, customer);

    public Alias Email(string email) => _webhooks.Alias(IdentifierKind.Email, $"{email}@shop.example");

    public static Guid IdOf(string id) => EventId.Derive("test", id).Value;

    /// <summary>A quarantine entry that names these identifiers.</summary>
    public static QuarantineEntry Entry(params Alias[] named) =>
        new(Guid.Empty, "test", true, "reason", "detail", null, null, TestWorkspace.Start, 0, []) { Named = named };

    /// <summary>A request whose body is its events, as an array of their texts.</summary>
    public PendingRequest Request(params string[] events)
    {
        var body = Encoding.UTF8.GetBytes($"[{string.Join(',', events)}]");
        var texts = new ReadOnlyMemory<byte>[events.Length];
        var start = 1;
        for (var i = 0; i < events.Length; i++)
        {
            texts[i] = body.AsMemory(start, events[i].Length);
            start += events[i].Length + 1;
        }

        return new PendingRequest([.. events.Select(Event)], [], body, TestWorkspace.Start) { Texts = texts };
    }

    public ClassifiedBatch Classify(params PendingRequest[] batch)
    {
        foreach (var alias in batch.SelectMany(request => request.Events).SelectMany(pending => pending.Aliases))
        {
            Known.LookedUp.Add(alias.Digest);
        }

        return _planner.Classify(batch, Known);
    }

    public AppendPlan Plan(params PendingRequest[] batch) => _planner.Create(batch, Classify(batch), Known);

    public void Dispose() => _webhooks.Dispose();
}
