using AudienceSync.Host.Configuration;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Projecting;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Audiences;
using AudienceSync.Host.Storage.Leases;
using AudienceSync.Host.Storage.Log;
using AudienceSync.Host.Storage.Membership;
using AudienceSync.Host.Storage.Privacy;
using AudienceSync.Host.Storage.Status;
using AudienceSync.Host.Storage.Syncing;
using AudienceSync.Host.Syncing;

namespace AudienceSync.Host.Serving;

/// <summary>What the loops of a workspace are given of the world.</summary>
public sealed record WorkspaceSurroundings(MasterKeys MasterKeys, TimeProvider Clock, Func<double> Chance, ILoggerFactory Loggers, string Owner);

/// <summary>
/// One workspace at work: its log, its projector and one loop for each ad account, started in this order and stopped in the reverse, so that
/// what was accepted is committed before anything else goes.
/// </summary>
public sealed class Workspace : IAsyncDisposable
{
    private readonly EventLog _log;
    private readonly GroupCommit _commit;
    private readonly ProjectionLoop _projector;
    private readonly BodyPartitions _partitions;
    private readonly LogListener _listener;
    private readonly List<AccountLoop> _accounts = [];
    private readonly List<Wake> _wakes = [];
    private readonly AliasDigester _digester;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private Task _committing = Task.CompletedTask;

    private Workspace(WorkspacePlan plan, WorkspaceDatabase database, AudienceKeys keys, WorkspaceSecrets secrets, WorkspaceSurroundings surroundings)
    {
        Database = database;
        Keys = keys;
        _digester = new AliasDigester(secrets.Alias);
        var vault = new Vault(surroundings.MasterKeys);
        var seal = new BodySeal(surroundings.MasterKeys, secrets.Fingerprint);
        var leases = new LeaseTable(database, surroundings.Owner);
        var projectorWake = NewWake(surroundings);
        _log = new EventLog(database, vault, seal, surroundings.Clock);
        _commit = new GroupCommit(_log, projectorWake, surroundings.Loggers.CreateLogger<GroupCommit>());
        _partitions = new BodyPartitions(database, surroundings.Clock, surroundings.Loggers.CreateLogger<BodyPartitions>());
        _listener = new LogListener(database, projectorWake, surroundings.Clock, surroundings.Loggers.CreateLogger<LogListener>());
        var accountWakes = new List<Wake>();
        foreach (var destination in plan.Destinations)
        {
            var wake = NewWake(surroundings);
            accountWakes.Add(wake);
            _accounts.Add(Account(destination, database, vault, leases, wake, surroundings));
        }

        _projector = new ProjectionLoop(
            new MembershipTable(database), new PermissionTable(database), leases, keys, projectorWake, accountWakes, surroundings.Clock, surroundings.Loggers.CreateLogger<ProjectionLoop>());
        KeyRotation = Rotation(database, vault, leases, NewWake(surroundings), surroundings);
        Status = new StatusQueries(database);
        Inboxes = [.. plan.Sources.Select(source => (new WebhookInbox(source.Source, Reader(keys), seal, _commit), source.Token))];
    }

    public WorkspaceDatabase Database { get; }

    public AudienceKeys Keys { get; }

    public StatusQueries Status { get; }

    public IReadOnlyList<(WebhookInbox Inbox, byte[] Token)> Inboxes { get; }

    public int QueuedEvents => _commit.QueuedEvents;

    public AliasDigester Digester => _digester;

    /// <summary>Seals anew what is under an older master key.</summary>
    public KeyRotationLoop KeyRotation { get; }

    /// <summary>Publishes what the configuration declares. The schema must be there.</summary>
    /// <exception cref="AudienceKeyChangedException">A published key is declared otherwise.</exception>
    /// <exception cref="SetupException">binding_taken, secret_damaged</exception>
    public static async Task<Workspace> OpenAsync(
        string connectionString, WorkspacePlan plan, WorkspaceSurroundings surroundings, CancellationToken cancellationToken)
    {
        var database = new WorkspaceDatabase(connectionString, plan.Name);
        var keys = await new AudienceKeyTable(database, surroundings.Clock).PublishAsync(plan.Keys, cancellationToken);
        var bindings = new BindingTable(database);
        foreach (var destination in plan.Destinations)
        {
            await bindings.DeclareAccountAsync(destination.Name, destination.Platform, destination.ConsentRequired, cancellationToken);
        }

        var declared = plan.Bindings
            .Select(b => new DeclaredBinding(b.Key.Audience, b.Destination, b.Remote, keys.ByName(b.Key.Value)!.KeyId))
            .ToList();
        foreach (var binding in declared)
        {
            if (!await bindings.DeclareBindingAsync(binding, cancellationToken))
            {
                throw new SetupException(
                    "binding_taken", $"{binding.Destination}/{binding.Remote} is fed by another key of {binding.Audience}; switching is a promotion.");
            }
        }

        await bindings.WithdrawOthersAsync(declared, cancellationToken);
        var secrets = await WorkspaceSecrets.OpenAsync(new SecretTable(database), surroundings.MasterKeys, cancellationToken);
        return new Workspace(plan, database, keys, secrets, surroundings);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _partitions.EnsureAsync(cancellationToken);
        _committing = Task.Run(() => _commit.RunAsync(CancellationToken.None), CancellationToken.None);
        _loops.Add(Task.Run(() => _partitions.RunAsync(_stop.Token), CancellationToken.None));
        _loops.Add(Task.Run(() => _listener.RunAsync(_stop.Token), CancellationToken.None));
        _loops.Add(Task.Run(() => _projector.RunAsync(_stop.Token), CancellationToken.None));
        _loops.Add(Task.Run(() => KeyRotation.RunAsync(_stop.Token), CancellationToken.None));
        foreach (var account in _accounts)
        {
            _loops.Add(Task.Run(() => account.RunAsync(_stop.Token), CancellationToken.None));
        }
    }

    /// <summary>Commits what is queued, then lets the loops finish what they are writing and give their leases back.</summary>
    public async Task StopAsync()
    {
        _commit.Close();
        await _committing;
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
    }

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        await Database.DisposeAsync();
        _digester.Dispose();
        _stop.Dispose();
        foreach (var wake in _wakes)
        {
            wake.Dispose();
        }
    }

    private EventReader Reader(AudienceKeys keys)
    {
        var published = new PublishedKeys();
        published.Replace(keys.All.Select(key => key.Key.Value));
        return new EventReader(_digester, published);
    }

    private Wake NewWake(WorkspaceSurroundings surroundings)
    {
        var wake = new Wake(surroundings.Clock);
        _wakes.Add(wake);
        return wake;
    }

    private static KeyRotationLoop Rotation(
        WorkspaceDatabase database, Vault vault, LeaseTable leases, Wake wake, WorkspaceSurroundings surroundings)
    {
        var keys = surroundings.MasterKeys;
        var rotation = new KeyRotation(new RotationTable(database), new SecretTable(database), leases, vault, keys);
        return new KeyRotationLoop(rotation, keys, wake, surroundings.Clock, surroundings.Loggers.CreateLogger<KeyRotationLoop>());
    }

    private static AccountLoop Account(
        PlannedDestination destination, WorkspaceDatabase database, Vault vault, LeaseTable leases, Wake wake, WorkspaceSurroundings surroundings)
    {
        var table = new SyncTable(database);
        var logger = surroundings.Loggers.CreateLogger<AccountLoop>();
        var calls = new MemberCalls(table, vault, destination.Connector, surroundings.Clock);
        var pass = new LanePass(destination.Name, destination.Connector, table, calls, surroundings.Chance, surroundings.Clock, logger);
        return new AccountLoop(destination.Name, pass, table, leases, wake, destination.Flush, surroundings.Clock, logger);
    }
}
