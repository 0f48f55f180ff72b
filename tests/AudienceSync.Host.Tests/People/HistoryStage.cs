using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.People;

/// <summary>One remote audience of the tests.</summary>
/// <param name="Destination">The ad account.</param>
/// <param name="Remote">The platform's id.</param>
/// <param name="Key">Number of the key that feeds it.</param>
internal sealed record Feed(string Destination, string Remote, int Key);

/// <summary>Two ad accounts with three remote audiences of a workspace, and its erasures, all advanced by the test.</summary>
internal sealed class HistoryStage(TestWorkspace workspace, int membersPerCall) : IDisposable
{
    /// <summary>Two keys at one account, one of them also at another.</summary>
    public static readonly IReadOnlyList<Feed> Feeds = [new("main", "1001", 0), new("main", "1002", 1), new("elsewhere", "2001", 0)];

    private readonly AccountStore _store = new(workspace.Database);
    private readonly LeaseStore _leases = new(workspace.Database, "hand");
    private readonly AliasDigester _digester = new(TestWorkspace.Secret);
    private readonly Wake _wake = new(TimeProvider.System);
    private readonly Dictionary<string, (RememberedLists Lists, LaneProcessor Pass)> _accounts = new(StringComparer.Ordinal);
    private Erasures _erasures = null!;

    public RememberedLists Lists(Feed feed) => _accounts[feed.Destination].Lists;

    public async Task OpenAsync(bool consentRequired)
    {
        var bindings = new BindingStore(workspace.Database);
        foreach (var destination in Feeds.Select(feed => feed.Destination).Distinct(StringComparer.Ordinal))
        {
            await bindings.DeclareAccountAsync(destination, "meta", consentRequired, default);
            _accounts[destination] = OpenAccount(destination);
        }

        foreach (var feed in Feeds)
        {
            await workspace.BindAsync(feed.Key, feed.Destination, feed.Remote);
        }

        var given = new PrivacyDependencies(
            workspace.Vault,
            workspace.Seal,
            _digester,
            workspace.Tombstones,
            _leases,
            workspace.Clock,
            _wake
        );
        _erasures = new Erasures(workspace.Database, given, NullLogger<ErasureLoop>.Instance);
    }

    /// <summary>Processes the lanes to their ends, removals first. Returns the addresses that were added.</summary>
    public async Task<List<(string Remote, string Address)>> SettleAsync()
    {
        var added = new List<(string, string)>();
        foreach (var (destination, (lists, pass)) in _accounts)
        {
            lists.Added.Clear();
            var lease = (await _leases.TryClaimAsync("account:" + destination, default)).ShouldNotBeNull();
            foreach (var lane in new[] { Lane.Removals, Lane.Adds })
            {
                await DrainAsync(destination, lane, pass, lease);
            }

            added.AddRange(lists.Added);
        }

        return added;
    }

    /// <summary>Requests the erasure of the person with these names. Returns its id; null when they belong to several people.</summary>
    public async Task<Guid?> RequestErasureAsync(Name[] names)
    {
        var aliases = names.Select(name => workspace.Webhooks.Alias((Domain.Identity.IdentifierKind)(name.Kind + 1), name.Text)).ToList();
        return (await _erasures.AskAsync(new Naming(aliases), "the test", default))?.Erasure;
    }

    /// <summary>Completes an erasure if nothing blocks it.</summary>
    public async Task<bool> TryCompleteAsync(Guid erasure) =>
        await _erasures.Run.TryAsync(
            (await _erasures.Table.FindAsync(erasure, default)).ShouldNotBeNull(),
            () => Task.CompletedTask,
            default
        );

    public async Task<long> RefusedEventsAsync() => (await _erasures.Table.CountAsync(default)).RefusedEvents;

    public void Dispose()
    {
        _wake.Dispose();
        _digester.Dispose();
    }

    private async Task DrainAsync(string destination, Lane lane, LaneProcessor pass, Lease lease)
    {
        var more = true;
        var deadline = Deadline.In();
        while (more)
        {
            deadline.Check("empty lanes");
            more = false;
            foreach (var binding in await _store.ReadBindingsAsync(destination, default))
            {
                more |= await pass.RunAsync(lease, binding, lane, default) != RunEnd.Empty;
            }
        }
    }

    private (RememberedLists Lists, LaneProcessor Pass) OpenAccount(string destination)
    {
        var lists = new RememberedLists(membersPerCall);
        var (deliveries, identifiers) = (new DeliveryStore(workspace.Database), new IdentifierStore(workspace.Database));
        var calls = new MemberCalls(
            deliveries,
            identifiers,
            workspace.Vault,
            lists,
            new CallBudget(destination, [], new BudgetStore(workspace.Database), workspace.Clock),
            workspace.Shared,
            new CallSeal(new MasterKeys(workspace.Master)),
            workspace.Clock
        );
        var planner = new PagePlanner(lists, identifiers, workspace.Vault);
        return (
            lists,
            new LaneProcessor(
                destination,
                lists,
                new LaneStore(workspace.Database),
                deliveries,
                planner,
                calls,
                () => 0.5,
                workspace.Clock,
                NullLogger.Instance
            )
        );
    }
}
