using AudienceSync.Host.Privacy.Export;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Erasure;
using AudienceSync.Host.Storage.Export;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Membership;
using AudienceSync.Host.Storage.Privacy;

namespace AudienceSync.Host.Privacy.Erasure;

/// <summary>What forgetting people needs of its workspace.</summary>
/// <param name="ProjectorWake">Wakes who bars the person.</param>
/// <param name="LoopWake">Wakes who destroys what is held of him.</param>
public sealed record PrivacyDependencies(
    Vault Vault, BodySeal Seal, AliasDigester Digester, TombstoneDigester Tombstones, LeaseTable Leases, TimeProvider Clock, Wake ProjectorWake, Wake LoopWake)
{
    /// <summary>The country by which a source's national phone numbers are read; empty when it has none.</summary>
    public Func<string, string> CountryOf { get; init; } = static _ => "";
}

/// <summary>All of one workspace that forgets people or says what is held of them.</summary>
public sealed class Erasures
{
    private readonly PrivacyDependencies _given;
    private readonly ErasureRequests _requests;

    public Erasures(WorkspaceDatabase database, PrivacyDependencies given, ILogger<ErasureLoop> logger)
    {
        _given = given;
        var people = new PersonReader(database, given.Vault);
        var bodies = new KeptBodies(database, given.Seal, given.Clock);
        _requests = new ErasureRequests(database, people, given.Vault, given.Digester, given.Tombstones, given.Clock);
        Table = new ErasureTable(database);
        Realias = new RealiasTable(database, given.Vault, given.Digester, given.Clock);
        var quarantined = new QuarantinedBodies(database, given.Seal);
        Run = new ErasureRun(people, bodies, quarantined, new ErasureEnd(database, given.Tombstones, given.Clock), given.Digester);
        Loop = new ErasureLoop(Table, Run, given.Leases, given.LoopWake, given.Clock, logger);
        IndexLoop = new QuarantineIndexLoop(
            new QuarantineIndex(database, given.Seal, new BodyMentions(given.Digester), given.CountryOf), given.Clock, logger);
        Export = new PersonExport(people, new PersonRecords(database, given.Vault), new MemberQueries(database), Table, quarantined, given);
    }

    public ErasureTable Table { get; }

    /// <summary>Makes the aliases of an older reader again.</summary>
    public RealiasTable Realias { get; }

    public ErasureRun Run { get; }

    public ErasureLoop Loop { get; }

    /// <summary>Indexes older quarantined bodies.</summary>
    public QuarantineIndexLoop IndexLoop { get; }

    public PersonExport Export { get; }

    /// <summary>Null when the identifiers cannot be read.</summary>
    public Naming? Name(NamedPerson who, string defaultCountry = "") => who.Aliases(_given.Digester, defaultCountry) is { } aliases
        ? new Naming(aliases, [.. who.OtherForms(_given.Digester, defaultCountry)])
        : null;

    /// <summary>Takes the request, or finds the one there is. Null when the identifiers lead to several people.</summary>
    public async Task<ErasureRow?> AskAsync(Naming who, string askedBy, CancellationToken cancellationToken)
    {
        var erasure = await _requests.AskAsync(who.Aliases, who.OtherForms, askedBy, cancellationToken);
        _given.ProjectorWake.Signal();
        _given.LoopWake.Signal();
        return erasure;
    }
}

/// <summary>Somebody's identifiers as aliases, and the other forms in which a source may send the same.</summary>
public sealed record Naming(IReadOnlyList<Domain.Identity.Alias> Aliases, IReadOnlyList<Domain.Identity.Alias> OtherForms);
