using AudienceSync.Domain.Events;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Ingest.Quarantine;
using AudienceSync.Host.Ingest.Reading;
using AudienceSync.Host.Maintenance;
using AudienceSync.Host.Messages;
using AudienceSync.Host.People;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Projection;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Holds;
using AudienceSync.Host.Sync.Jobs;
using AudienceSync.Host.Sync.Ledger;
using AudienceSync.Host.Sync.Resyncs;
using AudienceSync.Host.Sync.Runs;
using AudienceSync.Host.Telemetry;
using AudienceSync.Host.Workspaces.Metrics;
using AudienceSync.Host.Workspaces.Nodes;
using AudienceSync.Host.Workspaces.Status;

namespace AudienceSync.Host.Workspaces;

/// <summary>The external dependencies of the loops of a workspace.</summary>
public sealed record WorkspaceDependencies(MasterKeys MasterKeys, TimeProvider Clock, Func<double> Chance, ILoggerFactory Loggers, string Owner)
{
    /// <summary>How long a silent owner of work keeps others waiting; null for the built-in time.</summary>
    public TimeSpan? LeaseTime { get; init; }

    /// <inheritdoc cref="AccountLoop.Poll"/>
    public TimeSpan AccountPoll { get; init; } = AccountLoop.DefaultPoll;

    /// <summary>The metrics of the process; null for a verb.</summary>
    public HostMetrics? Metrics { get; init; }

    /// <summary>Sends durable messages; a verb has no workers and sends none.</summary>
    public IMessages Messages { get; init; } = new NoMessages();
}

/// <summary>
/// One running workspace. Every Host commits its own webhooks and keeps its own copy of the registry; the rest is work for one Host at a
/// time, see <see cref="Workers"/>. A stop commits what was accepted before anything else stops.
/// </summary>
public sealed class Workspace : IAsyncDisposable
{
    private readonly GroupCommit _commit;
    private readonly StallWatch _stallWatch;
    private readonly BodyPartitions _partitions;
    private readonly LeaseRenewal _renewal;
    private readonly DeliveryPartitions _deliveryPartitions;
    private readonly LogListener _listener;
    private readonly RegistryLoop _registryLoop;
    private readonly List<Wake> _wakes = [];
    private readonly AliasDigester _digester;
    private readonly TombstoneDigester _tombstones;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private Task _committing = Task.CompletedTask;

    private Workspace(WorkspacePlan plan, WorkspaceDatabase database, AudienceKeys keys, WorkspaceSecrets secrets, WorkspaceDependencies dependencies)
    {
        Database = database;
        Keys = keys;
        var connectors = plan.Destinations.ToDictionary(destination => destination.Name, destination => destination.Connector, StringComparer.Ordinal);
        _digester = new AliasDigester(secrets.Alias);
        var vault = new Vault(dependencies.MasterKeys);
        var seal = new BodySeal(dependencies.MasterKeys, secrets.Fingerprint);
        var leases = new LeaseTable(database, dependencies.Owner, dependencies.LeaseTime);
        _renewal = new LeaseRenewal(leases, dependencies.Clock, dependencies.Loggers.CreateLogger<LeaseRenewal>());
        var projectorWake = NewWake(dependencies);
        _tombstones = new TombstoneDigester(secrets.Tombstone);
        var progress = dependencies.Metrics?.AddLog(plan.Name.Value);
        var log = new EventLog(database, vault, seal, _tombstones, dependencies.Clock, plan.LinkLimit);
        _commit = new GroupCommit(log, projectorWake, dependencies.Clock, dependencies.Loggers.CreateLogger<GroupCommit>()) { Progress = progress };
        _stallWatch = new StallWatch(_commit, new StalledHolders(database), dependencies.Clock, dependencies.Loggers.CreateLogger<StallWatch>());
        _partitions = new BodyPartitions(database, dependencies.Clock, dependencies.Loggers.CreateLogger<BodyPartitions>());
        _deliveryPartitions = new DeliveryPartitions(database, dependencies.Clock, dependencies.Loggers.CreateLogger<DeliveryPartitions>());
        var registryWake = NewWake(dependencies);
        _listener = new LogListener(database, projectorWake, registryWake, dependencies.Clock, dependencies.Loggers.CreateLogger<LogListener>());
        var accountWakes = plan.Destinations.Select(_ => NewWake(dependencies)).ToList();
        var accounts = plan.Destinations.Zip(accountWakes, (destination, wake) =>
            Worker.OfAccount(destination.Name, Account(destination, database, vault, _digester, leases, wake, dependencies).RunAsync)).ToList();
        var projector = new ProjectionLoop(
            new MembershipTable(database), new PermissionTable(database), new InheritTable(database), new DrainTable(database), leases, keys,
            projectorWake, accountWakes, dependencies.Clock, dependencies.Loggers.CreateLogger<ProjectionLoop>())
        {
            Progress = progress,
        };
        KeyRotation = Rotation(database, vault, leases, NewWake(dependencies), dependencies);
        var privacy = new PrivacyDependencies(vault, seal, _digester, _tombstones, leases, dependencies.Clock, projectorWake) { Messages = dependencies.Messages };
        Erasures = NewErasures(database, plan, privacy with { Destinations = connectors, Chance = dependencies.Chance }, dependencies);
        Status = new StatusQueries(database);
        Bodies = new BodyArchive(database, seal);
        LinkStops = new LinkStopTable(database, dependencies.Clock);
        var people = new PersonEventReader(_digester, plan.Destinations.Select(destination => destination.Name).ToHashSet(StringComparer.Ordinal));
        RegistryTable = new RegistryTable(database, dependencies.Clock);
        Registry = new AudienceRegistry(RegistryTable, keys);
        RemoteAudiences = new RemoteAudienceCreator(Registry, RegistryTable, connectors);
        var published = new PublishedKeys(keys, dependencies.Clock);
        var reader = new EventReader(_digester, published, people);
        Inboxes = [.. plan.Sources.Select(source => (new WebhookInbox(source.Source, reader, published, seal, new BodyMentions(_digester), _commit), source.Token))];
        var entries = new QuarantineQueries(database);
        var inboxes = Inboxes.ToDictionary(one => one.Inbox.Source.Name, one => one.Inbox, StringComparer.Ordinal);
        Quarantine = new QuarantineReleases(entries, inboxes, seal, dependencies.Clock);
        _registryLoop = new RegistryLoop(keys, registryWake, dependencies.Clock, dependencies.Loggers.CreateLogger<RegistryLoop>())
        {
            AfterPoll = new HeldRemovals(entries, Quarantine, [.. inboxes.Keys]).ReleaseAsync,
        };
        Permissions = new PermissionWriter(people, _commit, dependencies.Clock);
        Holds = new OperatorHolds(database, dependencies.Clock);
        (Accounts, Runs, Metrics) = (Forecasts(plan, database), new RunQueries(database, new CallSeal(dependencies.MasterKeys)), new MetricQueries(database));
        Gauges = dependencies.Metrics is null ? null : NewGauges(plan, dependencies, dependencies.Metrics.Gauges);
        Maintenance = new MaintenanceTasks(
            _partitions, _deliveryPartitions, new RetentionTable(database), plan.Retention, dependencies.Clock, dependencies.Loggers.CreateLogger<MaintenanceTasks>());
        Workers = [new Worker(ProjectionLoop.LeaseName, projector.RunAsync), .. accounts, .. OtherWorkers(plan, dependencies)];
    }

    /// <summary>What is done every hour.</summary>
    public MaintenanceTasks Maintenance { get; }

    /// <summary>The work that the Hosts of the database share: one of them at a time does each.</summary>
    public IReadOnlyList<Worker> Workers { get; }

    public WorkspaceDatabase Database { get; }

    public AudienceKeys Keys { get; }

    /// <summary>Changes audiences.</summary>
    public AudienceRegistry Registry { get; }

    public LinkStopTable LinkStops { get; }

    /// <summary>Reads audiences and their histories.</summary>
    public RegistryTable RegistryTable { get; }

    /// <summary>Creates remote audiences at the platforms.</summary>
    public RemoteAudienceCreator RemoteAudiences { get; }

    /// <summary>Releases what waits in quarantine.</summary>
    public QuarantineReleases Quarantine { get; }

    public StatusQueries Status { get; }

    /// <summary>What senders sent, for as long as it is kept.</summary>
    public BodyArchive Bodies { get; }

    /// <summary>What operators hold, and what waits for them.</summary>
    public OperatorHolds Holds { get; }

    /// <summary>The state of the ad accounts that the configuration declares.</summary>
    public AccountForecasts Accounts { get; }

    /// <summary>What was sent, by run and call.</summary>
    public RunQueries Runs { get; }

    public MetricQueries Metrics { get; }

    /// <summary>Keeps the gauges of the metrics up to date; null for a verb.</summary>
    public GaugeLoop? Gauges { get; }

    public IReadOnlyList<(WebhookInbox Inbox, byte[] Token)> Inboxes { get; }

    /// <summary>Accepts consent and suppressions of people, in addition to the webhooks.</summary>
    public PermissionWriter Permissions { get; }

    public int QueuedEvents => _commit.QueuedEvents;

    /// <summary>How long the oldest request has waited for its commit; zero when none is under way.</summary>
    public TimeSpan OldestWaiting => _commit.OldestWaiting;

    public AliasDigester Digester => _digester;

    /// <summary>Reseals what is under an older master key.</summary>
    public KeyRotationLoop KeyRotation { get; }

    /// <summary>Erases people, and reports what is held about them.</summary>
    public Erasures Erasures { get; }

    /// <summary>
    /// Opens what exists; the schema must exist. With <paramref name="declare"/> accounts and registry are first changed to what the
    /// configuration states, as at a start; a verb next to a running Host leaves them.
    /// </summary>
    /// <exception cref="RegistryException">
    /// A declaration is impossible: a published key with other terms, a switch that is a promotion.
    /// </exception>
    /// <exception cref="SetupException">secret_damaged</exception>
    public static async Task<Workspace> OpenAsync(
        string connectionString, WorkspacePlan plan, WorkspaceDependencies dependencies, bool declare, CancellationToken cancellationToken)
    {
        var database = new WorkspaceDatabase(connectionString, plan.Name, clock: dependencies.Clock);
        if (declare)
        {
            await DeclareAsync(database, plan, dependencies, cancellationToken);
        }

        var keys = await new AudienceKeyTable(database).OpenAsync(cancellationToken);
        var secrets = await WorkspaceSecrets.OpenAsync(new SecretTable(database), dependencies.MasterKeys, cancellationToken);
        return new Workspace(plan, database, keys, secrets, dependencies);
    }

    private static async Task DeclareAsync(
        WorkspaceDatabase database, WorkspacePlan plan, WorkspaceDependencies dependencies, CancellationToken cancellationToken)
    {
        var bindings = new BindingTable(database);
        foreach (var destination in plan.Destinations)
        {
            await bindings.DeclareAccountAsync(destination.Name, destination.Platform, destination.ConsentRequired, cancellationToken);
        }

        var registry = new AudienceRegistry(new RegistryTable(database, dependencies.Clock));
        var applied = await registry.ApplyAsync(plan.Audiences, EventUpcasters.Configuration, why: null, dryRun: false, cancellationToken);
        foreach (var note in applied.Notes)
        {
            dependencies.Loggers.CreateLogger<Workspace>().LogWarning("{Workspace}: {Note}", plan.Name, note);
        }

        await bindings.LiftStopsAsync([.. plan.Audiences.SelectMany(audience => audience.Bindings).Select(feed => feed.Remote)], cancellationToken);
    }

    /// <summary>Starts what every Host does, and the workers: each works when it holds its lease.</summary>
    /// <param name="runWorkers">False when they start as soon as they are assigned to this Host.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public async Task StartAsync(bool runWorkers, CancellationToken cancellationToken)
    {
        await _partitions.EnsureAsync(cancellationToken);
        await _deliveryPartitions.EnsureAsync(cancellationToken);
        _committing = Task.Run(() => _commit.RunAsync(CancellationToken.None), CancellationToken.None);
        _loops.Add(Task.Run(() => _stallWatch.RunAsync(_stop.Token), CancellationToken.None));
        _loops.Add(Task.Run(() => _listener.RunAsync(_stop.Token), CancellationToken.None));
        _loops.Add(Task.Run(() => _registryLoop.RunAsync(_stop.Token), CancellationToken.None));
        _loops.Add(Task.Run(() => _renewal.RunAsync(_stop.Token), CancellationToken.None));
        if (Gauges is not null)
        {
            _loops.Add(Task.Run(() => Gauges.RunAsync(_stop.Token), CancellationToken.None));
        }

        if (runWorkers)
        {
            _loops.AddRange(Workers.Select(worker => Task.Run(() => worker.RunAsync(_stop.Token), CancellationToken.None)));
        }
    }

    /// <summary>
    /// Null when webhooks can be accepted; otherwise why not, in two words: <c>log stalled</c> when the oldest request has waited for its
    /// commit for more than three seconds, <c>storage refuses</c> when the database answered and refused the last request, as with a full
    /// disk, <c>storage down</c> when it does not answer.
    /// </summary>
    public async ValueTask<string?> NotReadyAsync(CancellationToken cancellationToken)
    {
        if (_commit.OldestWaiting > StalledHolders.After)
        {
            return "log stalled";
        }

        if (!await Database.AnswersAsync(cancellationToken))
        {
            return "storage down";
        }

        return _commit.IsRefused ? "storage refuses" : null;
    }

    /// <summary>Runs a piece of work that appends, without projecting or syncing: for a verb next to a running Host.</summary>
    public async Task<T> AppendingAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _partitions.EnsureAsync(cancellationToken);
        _committing = Task.Run(() => _commit.RunAsync(CancellationToken.None), CancellationToken.None);
        try
        {
            return await work();
        }
        finally
        {
            await StopAsync();
        }
    }

    /// <summary>Commits what is queued, then lets the loops finish what they are writing.</summary>
    public async Task StopAsync()
    {
        _commit.Close();
        await _committing;
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _digester.Dispose();
        _tombstones.Dispose();
        _stop.Dispose();
        foreach (var wake in _wakes)
        {
            wake.Dispose();
        }
    }

    private Wake NewWake(WorkspaceDependencies dependencies)
    {
        var wake = new Wake(dependencies.Clock);
        _wakes.Add(wake);
        return wake;
    }

    private static AccountForecasts Forecasts(WorkspacePlan plan, WorkspaceDatabase database) => new(
        database, plan.Destinations.ToDictionary(destination => destination.Name, destination => destination.Connector.Limits, StringComparer.Ordinal));

    private GaugeLoop NewGauges(WorkspacePlan plan, WorkspaceDependencies dependencies, SyncGauges gauges) => new(
        plan.Name.Value, dependencies.Owner, Metrics, Accounts, gauges, dependencies.Clock, dependencies.Loggers.CreateLogger<GaugeLoop>());

    private IEnumerable<Worker> OtherWorkers(WorkspacePlan plan, WorkspaceDependencies dependencies)
    {
        var watch = new HoldWatch(new HoldQueries(Database), NewWake(dependencies), dependencies.Clock, dependencies.Loggers.CreateLogger<HoldWatch>());
        var schedule = new MaintenanceSchedule(plan.Name.Value, dependencies.Messages, dependencies.Clock, dependencies.Loggers.CreateLogger<MaintenanceSchedule>());
        return
        [
            new Worker(ErasureLoop.LeaseName, Erasures.Loop.RunAsync),
            new Worker("quarantine-index", Erasures.IndexLoop.RunAsync),
            new Worker("key-rotation", KeyRotation.RunAsync),
            new Worker("hold-watch", watch.RunAsync),
            new Worker("maintenance", schedule.RunAsync),
        ];
    }

    private static Erasures NewErasures(
        WorkspaceDatabase database, WorkspacePlan plan, PrivacyDependencies privacy, WorkspaceDependencies dependencies)
    {
        var countries = plan.Sources.ToDictionary(source => source.Source.Name, source => source.Source.DefaultCountry, StringComparer.Ordinal);
        return new Erasures(
            database, privacy with { CountryOf = name => countries.GetValueOrDefault(name, "") }, dependencies.Loggers.CreateLogger<ErasureLoop>());
    }

    private static KeyRotationLoop Rotation(
        WorkspaceDatabase database, Vault vault, LeaseTable leases, Wake wake, WorkspaceDependencies dependencies)
    {
        var keys = dependencies.MasterKeys;
        var rotation = new KeyRotation(new RotationTable(database), new SecretTable(database), leases, vault, keys);
        return new KeyRotationLoop(rotation, keys, wake, dependencies.Clock, dependencies.Loggers.CreateLogger<KeyRotationLoop>());
    }

    private static AccountLoop Account(
        PlannedDestination destination, WorkspaceDatabase database, Vault vault, AliasDigester digester, LeaseTable leases, Wake wake,
        WorkspaceDependencies dependencies)
    {
        var (deliveries, identifiers) = (new DeliveryStore(database), new IdentifierStore(database));
        var budget = new CallBudget(destination.Name, destination.Connector.Limits.Allowances, new BudgetTable(database), dependencies.Clock)
        {
            RequestsPerCall = destination.Connector.Limits.RequestsPerCall,
        };
        var logger = dependencies.Loggers.CreateLogger<AccountLoop>();
        var shared = new SharedCells(new HolderTable(database), digester);
        var calls = new MemberCalls(
            deliveries, identifiers, vault, destination.Connector, budget, shared, new CallSeal(dependencies.MasterKeys), dependencies.Clock);
        var planner = new PagePlanner(destination.Connector, identifiers, vault);
        var processor = new LaneProcessor(
            destination.Name, destination.Connector, new LaneStore(database), deliveries, planner, calls, dependencies.Chance, dependencies.Clock, logger)
        {
            Metrics = dependencies.Metrics?.Of(database.Workspace.Value, destination.Name),
        };
        var jobs = new JobPoller(destination.Name, destination.Connector, new JobTable(database), dependencies.Clock, logger);
        var exclusive = new ExclusiveResync(
            new ResyncSessionTable(database), deliveries, identifiers, vault, destination.Connector, budget, dependencies.Chance, dependencies.Clock, logger);
        var cycle = BindingCycle.Open(database, processor, planner, exclusive, destination.Connector.Limits, dependencies.Clock, logger);
        return new AccountLoop(
            destination.Name, cycle, jobs, budget, new AccountStore(database), leases, wake, destination.Flush, dependencies.Clock, logger)
        {
            Poll = dependencies.AccountPoll,
        };
    }
}
