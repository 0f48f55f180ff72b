using AudienceSync.Connectors;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.History;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Messages;
using AudienceSync.Host.Outcomes;
using AudienceSync.Host.People.Export;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.People.Erasure;

/// <summary>What the erasures of a workspace depend on.</summary>
/// <param name="ProjectorWake">Wakes the projector, which restricts targeting of the person.</param>
public sealed record PrivacyDependencies(
    Vault Vault,
    BodySeal Seal,
    AliasDigester Digester,
    TombstoneDigester Tombstones,
    LeaseStore Leases,
    TimeProvider Clock,
    Wake ProjectorWake
)
{
    /// <summary>Sends the message that has an accepted request carried out at once.</summary>
    public IMessages Messages { get; init; } = new NoMessages();

    /// <summary>The ad accounts that this Host works on, by name.</summary>
    public IReadOnlyDictionary<string, IDestination> Destinations { get; init; } = new Dictionary<string, IDestination>();

    /// <summary>Random numbers in [0, 1).</summary>
    public Func<double> Chance { get; init; } = static () => 0.5;
}

/// <summary>Everything in one workspace that erases people or reports what is held about them.</summary>
public sealed class Erasures
{
    private readonly PrivacyDependencies _dependencies;
    private readonly ErasureRequestStore _requests;
    private readonly OlderAliasQueries _older;

    public Erasures(WorkspaceDatabase database, PrivacyDependencies dependencies, ILogger<ErasureLoop> logger)
    {
        _dependencies = dependencies;
        _older = new OlderAliasQueries(database, dependencies.Vault, dependencies.Digester);
        var people = new PersonQueries(database, dependencies.Vault);
        var bodies = new KeptBodyStore(database, dependencies.Seal, dependencies.Clock);
        _requests = new ErasureRequestStore(
            database,
            people,
            dependencies.Vault,
            dependencies.Digester,
            dependencies.Tombstones,
            dependencies.Messages,
            dependencies.Clock
        );
        Table = new ErasureStore(database);
        var quarantined = new QuarantinedBodyStore(database, dependencies.Seal);
        Accounts = new AccountErasureStore(database, dependencies.Vault);
        var accounts = new AccountErasure(Accounts, dependencies.Destinations, dependencies.Chance, dependencies.Clock, logger);
        Run = new ErasureRun(
            people,
            bodies,
            quarantined,
            accounts,
            new ErasureEndStore(database, dependencies.Tombstones, dependencies.Clock),
            dependencies.Digester
        );
        Loop = new ErasureLoop(Table, Run, dependencies.Leases, dependencies.Clock, logger);
        Export = new PersonExport(
            people,
            new PersonRecordQueries(database, dependencies.Vault),
            new MemberQueries(database),
            (Table, Accounts),
            quarantined,
            new EngagementQueries(database),
            dependencies
        );
    }

    public ErasureStore Table { get; }

    /// <summary>Removals from every list of an account.</summary>
    public AccountErasureStore Accounts { get; }

    public ErasureRun Run { get; }

    public ErasureLoop Loop { get; }

    public PersonExport Export { get; }

    /// <summary>
    /// Null when there is no identifier, or one cannot be read: an operator must not erase a person in part. A text that only an older
    /// reader took for an identifier is one as long as somebody is known by it.
    /// </summary>
    public async Task<Naming?> NameAsync(NamedPerson who, string defaultCountry, CancellationToken cancellationToken)
    {
        if (who.Read(defaultCountry) is not { } reading)
        {
            return null;
        }

        var older = await _older.FindAsync(reading.Identifiers, cancellationToken);
        var isUnread = reading.Faults.Any(fault =>
            fault.Fault != IdentifierFault.Placeholder && !older.Any(alias => fault.Field == FieldOf(alias.Kind))
        );
        var aliases = PersonAliases.Of(_dependencies.Digester, reading.Identifiers);
        return isUnread || aliases.Length + older.Count == 0
            ? null
            : new Naming(aliases) { OtherForms = [.. who.OtherForms(reading.Identifiers, _dependencies.Digester)], Older = older };
    }

    /// <summary>Accepts the request, or finds the existing one. Null when the identifiers lead to several people.</summary>
    public async Task<ErasureRow?> AskAsync(Naming who, string askedBy, CancellationToken cancellationToken)
    {
        var erasure = await _requests.AskAsync(who, askedBy, cancellationToken);
        _dependencies.ProjectorWake.Signal();
        return erasure;
    }

    private static string FieldOf(IdentifierKind kind) => kind == IdentifierKind.Email ? "email" : "phone";
}

/// <summary>Who is meant by an operator.</summary>
/// <param name="Aliases">The identifiers, strongest first.</param>
public sealed record Naming(IReadOnlyList<Alias> Aliases)
{
    /// <summary>
    /// Other forms in which a source may send the same identifiers. A person known by nothing stronger than one of them is the same person;
    /// a person known by more is another.
    /// </summary>
    public IReadOnlyList<Alias> OtherForms { get; init; } = [];

    /// <summary>
    /// What an older reader made of the same identifiers, as far as somebody is known by it. It leads to its person like the identifier
    /// itself, unless somebody is known by today's form already: then as <see cref="OtherForms"/> do.
    /// </summary>
    public IReadOnlyList<Alias> Older { get; init; } = [];
}
