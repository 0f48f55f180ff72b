using AudienceSync.Connectors;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Jobs;
using AudienceSync.Host.Sync.Lanes;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Residuals;
using AudienceSync.Host.Sync.Resyncs;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Tests.Workspaces;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AudienceSync.Host.Tests.Syncing;

/// <summary>One remote audience fed by one key, and the passes that keep it in sync, called step by step by the test.</summary>
internal sealed class SyncStage(TestWorkspace workspace, MemberSetup setup, int keyId, string destination, IDestination platform)
{
    private readonly BindingStore _bindings = new(workspace.Database);
    private LaneProcessor? _pass;
    private Lease? _lease;
    private int _owners;

    /// <summary>Where the passes log.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    public AccountStore Store { get; } = new(workspace.Database);

    public DeliveryStore Deliveries { get; } = new(workspace.Database);

    private IdentifierStore Identifiers { get; } = new(workspace.Database);

    public int KeyId => keyId;

    public static async Task<SyncStage> CreateAsync(
        TestWorkspace workspace,
        MemberSetup setup,
        IDestination platform,
        int key = 0,
        string destination = "main",
        ILogger? logger = null,
        bool exclusive = false
    )
    {
        var keyId = workspace.Keys.ByName($"k{key}_v1")!.KeyId;
        var stage = new SyncStage(workspace, setup, keyId, destination, platform) { Logger = logger ?? NullLogger.Instance };
        await stage._bindings.DeclareAccountAsync(destination, "meta", consentRequired: false, default);
        await workspace.BindAsync(key, destination, "1001", exclusive);
        return stage;
    }

    public async Task<Binding> BindingAsync() => (await Store.ReadBindingsAsync(destination, default)).ShouldHaveSingleItem();

    public Task<Account> AccountAsync() => Store.ReadAccountAsync(destination, default);

    /// <summary>Revision, kind and reason of the residual deliveries.</summary>
    public Task<List<string>> ResidualRowsAsync() =>
        workspace.RowsAsync("select revision, kind, reason from residual_deliveries order by person, revision, kind");

    public async Task<List<string>> LedgerAsync() =>
        await workspace.RowsAsync(
            $"select status, revision, normalizer, reason from ledger where binding_id = {(await BindingAsync()).BindingId} order by person"
        );

    /// <summary>One page of a lane, as the current owner.</summary>
    public async Task<RunEnd> PassAsync(Lane lane)
    {
        var lease = await LeaseAsync();
        _pass ??= NewPass();
        return await _pass.RunAsync(lease, await BindingAsync(), lane, default);
    }

    /// <summary>The lease of the account, as the current owner holds it.</summary>
    public async Task<Lease> LeaseAsync()
    {
        _lease ??= (
            await new LeaseStore(workspace.Database, $"host{_owners}").TryClaimAsync("account:" + destination, default)
        ).ShouldNotBeNull();
        return _lease.Value;
    }

    /// <summary>The current owner dies without releasing the lease; the next one is another host, after the lease has expired.</summary>
    public async Task DieAsync()
    {
        (_pass, _lease) = (null, null);
        _owners++;
        await workspace.ExecuteAsync(
            $"update leases set until = clock_timestamp() - interval '1 second' where name = 'account:{destination}'"
        );
    }

    /// <summary>Removals until drained, then adds until drained; ends where a pass is held. True when neither lane had anything.</summary>
    public async Task<bool> RoundAsync()
    {
        var empty = true;
        foreach (var lane in new[] { Lane.Removals, Lane.Adds })
        {
            RunEnd end;
            var deadline = Deadline.In();
            do
            {
                deadline.Check("the end of a lane");
                end = await PassAsync(lane);
                empty &= end == RunEnd.Empty;
            } while (end == RunEnd.More);
        }

        return empty;
    }

    /// <summary>Processes the residual deliveries, as the current owner.</summary>
    public async Task<RunEnd> ResidualsAsync()
    {
        _lease ??= (
            await new LeaseStore(workspace.Database, $"host{_owners}").TryClaimAsync("account:" + destination, default)
        ).ShouldNotBeNull();
        _pass ??= NewPass();
        var planner = new PagePlanner(platform, Identifiers, workspace.Vault);
        return await new ResidualProcessor(new ResidualStore(workspace.Database), planner, _pass, workspace.Clock).RunAsync(
            _lease.Value,
            await BindingAsync(),
            default
        );
    }

    /// <summary>One round of the account's own loop.</summary>
    public async Task<bool> LoopRoundAsync(Wake wake)
    {
        _lease ??= (
            await new LeaseStore(workspace.Database, $"host{_owners}").TryClaimAsync("account:" + destination, default)
        ).ShouldNotBeNull();
        return await Loop(wake).RoundAsync(_lease.Value, default);
    }

    /// <summary>Runs rounds until nothing is left to send.</summary>
    public async Task SettleAsync()
    {
        var rounds = 0;
        while (!await RoundAsync())
        {
            (++rounds).ShouldBeLessThan(60, "the remote audience never settles");
        }
    }

    public Task<int> ResumeAsync() => _bindings.ResumeAsync(destination, default);

    public AccountLoop Loop(Wake wake) =>
        new(
            destination,
            NewCycle(),
            Poller(),
            Budget(),
            Store,
            new LeaseStore(workspace.Database, "loop"),
            wake,
            TimeSpan.FromMilliseconds(1),
            workspace.Clock,
            NullLogger<AccountLoop>.Instance
        );

    public void ShouldBeInSync(string because)
    {
        var wanted = setup
            .People.Where(person => setup.IsPresent(keyId, person))
            .Select(setup.EmailOf)
            .Where(email => !ScriptedPlatform.Refuses(email) && !ScriptedPlatform.FailsTheCall(email))
            .Select(email => ScriptedPlatform.Digest(email, platform.Normalizer));
        platform.ShouldBeOfType<ScriptedPlatform>().Members.Order().ShouldBe(wanted.Order(), because);
    }

    /// <summary>Polls the jobs that are due, as the current owner.</summary>
    public async Task PollJobAsync()
    {
        await Poller().RunAsync(await LeaseAsync(), default);
    }

    public CallBudget Budget() =>
        new(destination, platform.Limits.Allowances, new BudgetStore(workspace.Database), workspace.Clock)
        {
            RequestsPerCall = platform.Limits.RequestsPerCall,
        };

    private JobPoller Poller() => new(destination, platform, new JobStore(workspace.Database), workspace.Clock, NullLogger.Instance);

    private BindingCycle NewCycle() =>
        BindingCycle.Open(
            workspace.Database,
            NewPass(),
            new PagePlanner(platform, Identifiers, workspace.Vault),
            Exclusive(),
            platform.Limits,
            workspace.Clock,
            Logger
        );

    /// <summary>Replaces all members in a resync of an exclusive binding.</summary>
    public ExclusiveResync Exclusive() =>
        new(
            new ResyncSessionStore(workspace.Database),
            Deliveries,
            Identifiers,
            workspace.Vault,
            platform,
            Budget(),
            () => 0.5,
            workspace.Clock,
            Logger
        );

    private LaneProcessor NewPass()
    {
        return new LaneProcessor(
            destination,
            platform,
            new LaneStore(workspace.Database),
            Deliveries,
            new PagePlanner(platform, Identifiers, workspace.Vault),
            new MemberCalls(
                Deliveries,
                Identifiers,
                workspace.Vault,
                platform,
                Budget(),
                workspace.Shared,
                new CallSeal(new MasterKeys(workspace.Master)),
                workspace.Clock
            ),
            () => 0.5,
            workspace.Clock,
            Logger
        );
    }
}
