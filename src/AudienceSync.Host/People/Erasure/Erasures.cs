using AudienceSync.Connectors;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.History;
using AudienceSync.Host.Ingest.Bodies;
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

    public Erasures(WorkspaceDatabase database, PrivacyDependencies dependencies, ILogger<ErasureLoop> logger)
    {
        _dependencies = dependencies;
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

    /// <summary>Null when the identifiers cannot be read.</summary>
    public Naming? Name(NamedPerson who, string defaultCountry = "") =>
        who.Aliases(_dependencies.Digester, defaultCountry) is { } aliases
            ? new Naming(aliases, [.. who.OtherForms(_dependencies.Digester, defaultCountry)])
            : null;

    /// <summary>Accepts the request, or finds the existing one. Null when the identifiers lead to several people.</summary>
    public async Task<ErasureRow?> AskAsync(Naming who, string askedBy, CancellationToken cancellationToken)
    {
        var erasure = await _requests.AskAsync(who.Aliases, who.OtherForms, askedBy, cancellationToken);
        _dependencies.ProjectorWake.Signal();
        return erasure;
    }
}

/// <summary>A person's identifiers as aliases, and the other forms in which a source may send the same identifiers.</summary>
public sealed record Naming(IReadOnlyList<Domain.Identity.Alias> Aliases, IReadOnlyList<Domain.Identity.Alias> OtherForms);
