using AudienceSync.Connectors;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Tests.Projecting;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.Removals;

/// <summary>
/// A workspace whose webhooks are appended and folded, whose lists the real account loops maintain, and which can erase people; driven step
/// by step by the test.
/// </summary>
internal sealed class ListStage : IAsyncDisposable
{
    private readonly ProjectionStage _projection;
    private readonly EventLogStore _log;
    private readonly Wake _idleWake = new(TimeProvider.System);
    private readonly Dictionary<string, ListAccount> _accounts = new(StringComparer.Ordinal);
    private readonly Erasures _erasures;
    private int _events;

    private ListStage(TestWorkspace workspace)
    {
        Workspace = workspace;
        _projection = new ProjectionStage(workspace);
        _log = workspace.OpenLog();
        var leases = new LeaseStore(workspace.Database, "erasures");
        var given = new PrivacyDependencies(
            workspace.Vault,
            workspace.Seal,
            workspace.Webhooks.Digester,
            workspace.Tombstones,
            leases,
            workspace.Clock,
            _idleWake
        );
        _erasures = new Erasures(workspace.Database, given, NullLogger<ErasureLoop>.Instance);
    }

    public TestWorkspace Workspace { get; }

    public IReadOnlyDictionary<string, ListAccount> Accounts => _accounts;

    public static async Task<ListStage> OpenAsync() => new(await TestWorkspace.CreateAsync([null]));

    /// <summary>Binds the audience to a list of its own account.</summary>
    public async Task BindAsync(string name, string remote, IDestination platform, bool exclusive = false)
    {
        var bindings = new BindingStore(Workspace.Database);
        await bindings.DeclareAccountAsync(name, platform.Platform.ToString(), consentRequired: false, default);
        await Workspace.BindAsync(0, name, remote, exclusive);
        _accounts[name] = new ListAccount(Workspace, name, platform);
    }

    /// <summary>Adds the person with these identifiers to the audience.</summary>
    public Task AddAsync(PersonIdentifiers person) =>
        AppendAsync(person, at => new AudienceMemberAdded(AudienceKey.Of("k0", 1), at, "test", default, null));

    public Task RemoveAsync(PersonIdentifiers person) =>
        AppendAsync(person, at => new AudienceMemberRemoved(AudienceKey.Of("k0", 1), at, "test", default, null));

    public Task SuppressAsync(PersonIdentifiers person) => AppendAsync(person, at => new PersonSuppressed(at, "test", null, "asked"));

    public Task LiftAsync(PersonIdentifiers person) => AppendAsync(person, at => new PersonSuppressionLifted(at, "test", null, null));

    public Task WithdrawAsync(PersonIdentifiers person) =>
        AppendAsync(person, at => new PersonConsentChanged(at, "test", new Consent(ConsentAnswer.Denied, ConsentAnswer.Denied)));

    public Task GrantAsync(PersonIdentifiers person) =>
        AppendAsync(person, at => new PersonConsentChanged(at, "test", new Consent(ConsentAnswer.Granted, ConsentAnswer.Granted)));

    /// <summary>Appends one event and folds it, one second after the previous one. False when it names an erased person.</summary>
    public async Task<bool> AppendAsync(PersonIdentifiers person, Func<DateTimeOffset, IStoredEvent> what)
    {
        Workspace.Clock.Advance(TimeSpan.FromSeconds(1));
        var at = Workspace.Clock.GetUtcNow();
        var stored = what(at);
        var pending = new PendingEvent(
            EventId.Derive("test", $"{++_events}"),
            EventTypes.AliasOf(stored),
            EventJson.Write(stored),
            at,
            [.. AliasesOf(person)],
            person
        )
        {
            Details = person.Details is { } details ? Workspace.Webhooks.Digester.Digest(details) : null,
        };
        var outcomes = await _log.AppendAsync([new PendingRequest([pending], [], default, at)], default);
        await _projection.ProjectAsync();
        return !outcomes[0].Has(ItemOutcome.PersonErased);
    }

    /// <summary>
    /// Requests an erasure. Null when there is nothing to wait for: the identifiers belong to several people, to nobody, or to a person
    /// erased before.
    /// </summary>
    public async Task<Guid?> EraseAsync(PersonIdentifiers person)
    {
        var erasure = await _erasures.AskAsync(new Naming([.. AliasesOf(person)]), "the test", default);
        await _projection.ProjectAsync();
        return erasure is { State: ErasureState.Waiting } ? erasure.Erasure : null;
    }

    /// <summary>Ends an erasure if nothing blocks it.</summary>
    public async Task<bool> TryEndAsync(Guid erasure) =>
        await _erasures.Run.TryAsync(
            (await _erasures.Table.FindAsync(erasure, default)).ShouldNotBeNull(),
            () => Task.CompletedTask,
            default
        );

    public async Task<ErasureAnswer> ReceiptAsync(Guid erasure)
    {
        var row = (await _erasures.Table.FindAsync(erasure, default)).ShouldNotBeNull();
        return ErasureAnswer.Of(row, await _erasures.Table.RemovalsAsync(row, default), [], Workspace.Clock.GetUtcNow());
    }

    /// <summary>Continues until nothing waits.</summary>
    public async Task SettleAsync()
    {
        for (var polls = 0; ; polls++)
        {
            polls.ShouldBeLessThan(400, "the stage never becomes idle");
            foreach (var account in _accounts.Values)
            {
                await account.RoundsAsync();
            }

            var waits = await Workspace.AskAsync<long>(
                $"""
                select (select count(*) from jobs where state = 1) + (select count(*) from ledger where redeliver)
                  + (select count(*) from bindings where greatest(removal_next_at, add_next_at) > '{Workspace.Clock.GetUtcNow():O}')
                  + (select count(*) from accounts where blocked_until > '{Workspace.Clock.GetUtcNow():O}')
                """
            );
            if (waits > 0)
            {
                Workspace.Clock.Advance(TimeSpan.FromMinutes(1));
            }
            else if (await Workspace.AskAsync<long>("select count(*) from residual_deliveries where kind <> 1") > 0)
            {
                var due = await Workspace.AskAsync<DateTime>("select min(try_at) from residual_deliveries where kind <> 1");
                var wait = new DateTimeOffset(due) - Workspace.Clock.GetUtcNow();
                Workspace.Clock.Advance(wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1));
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>The identifiers by which the people in the audience can be reached now, each by their current revision.</summary>
    public async Task<List<PersonIdentifiers>> WantedAsync()
    {
        var wanted = new List<PersonIdentifiers>();
        await using var command = Workspace.Owner.CreateCommand(
            """
            select p.person, p.revision, v.key_version, p.salt, v.cipher from membership m join people p on p.person = m.person
            join vault v on v.person = p.person and v.revision = p.revision where m.state in (1, 6)
            """
        );
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            wanted.Add(
                Workspace.Vault.OpenIdentifiers(
                    new PersonId(reader.GetGuid(0)),
                    reader.GetInt32(1),
                    reader.GetInt16(2),
                    reader.GetFieldValue<byte[]>(3),
                    reader.GetFieldValue<byte[]>(4)
                )
            );
        }

        return wanted;
    }

    public async ValueTask DisposeAsync()
    {
        _projection.Dispose();
        _idleWake.Dispose();
        foreach (var account in _accounts.Values)
        {
            account.Dispose();
        }

        await Workspace.DisposeAsync();
    }

    private IEnumerable<Alias> AliasesOf(PersonIdentifiers person)
    {
        foreach (
            var (kind, text) in new[]
            {
                (IdentifierKind.CustomerId, person.CustomerId),
                (IdentifierKind.Email, person.Email),
                (IdentifierKind.Phone, person.Phone),
            }
        )
        {
            if (text is not null)
            {
                yield return Workspace.Webhooks.Alias(kind, text);
            }
        }
    }
}
