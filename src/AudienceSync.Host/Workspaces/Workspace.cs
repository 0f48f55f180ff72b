using AudienceSync.Domain.Events;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Ingest.Bodies;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Sync;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Workspaces;

/// <summary>
/// One running workspace: its container, composed by <see cref="WorkspaceContainer"/>, and its lifecycle. Every Host commits its own
/// webhooks and keeps its own copy of the registry; the rest is work for one Host at a time, see <see cref="Workers"/>. A stop commits what
/// was accepted before anything else stops.
/// </summary>
public sealed class Workspace : IAsyncDisposable
{
    private readonly WorkspaceDatabase _database;
    private readonly ServiceProvider _services;
    private readonly GroupCommit _commit;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private Task _committing = Task.CompletedTask;

    private Workspace(WorkspaceDatabase database, ServiceProvider services)
    {
        (_database, _services) = (database, services);
        _commit = services.GetRequiredService<GroupCommit>();
        Workers = [.. services.GetServices<Worker>()];
    }

    /// <summary>The workspace's services.</summary>
    public IServiceProvider Services => _services;

    /// <summary>The work that the Hosts of the database share: one of them at a time does each.</summary>
    public IReadOnlyList<Worker> Workers { get; }

    /// <summary>
    /// Opens what exists; the schema must exist. With <paramref name="declare"/> accounts and registry are first changed to what the
    /// configuration states, as at a start; a verb next to a running Host leaves them.
    /// </summary>
    /// <exception cref="RegistryException">
    /// A declaration is impossible: a published key with other terms, a switch that is a promotion.
    /// </exception>
    /// <exception cref="SetupException">secret_damaged</exception>
    public static async Task<Workspace> OpenAsync(
        string connectionString,
        WorkspacePlan plan,
        WorkspaceDependencies dependencies,
        bool declare,
        CancellationToken cancellationToken
    )
    {
        var database = new WorkspaceDatabase(connectionString, plan.Name, clock: dependencies.Clock);
        if (declare)
        {
            await DeclareAsync(database, plan, dependencies, cancellationToken);
        }

        var keys = await new AudienceKeyStore(database).OpenAsync(cancellationToken);
        var secrets = await WorkspaceSecrets.OpenAsync(new SecretStore(database), dependencies.MasterKeys, cancellationToken);
        return new Workspace(database, WorkspaceContainer.Build(plan, database, keys, secrets, dependencies));
    }

    private static async Task DeclareAsync(
        WorkspaceDatabase database,
        WorkspacePlan plan,
        WorkspaceDependencies dependencies,
        CancellationToken cancellationToken
    )
    {
        var bindings = new BindingStore(database);
        foreach (var destination in plan.Destinations)
        {
            await bindings.DeclareAccountAsync(destination.Name, destination.Platform, destination.ConsentRequired, cancellationToken);
        }

        var registry = new AudienceRegistry(new RegistryStore(database, dependencies.Clock));
        var applied = await registry.ApplyAsync(plan.Audiences, EventUpcasters.Configuration, why: null, dryRun: false, cancellationToken);
        foreach (var note in applied.Notes)
        {
            dependencies.Loggers.CreateLogger<Workspace>().LogWarning("{Workspace}: {Note}", plan.Name, note);
        }

        await bindings.LiftStopsAsync(
            [.. plan.Audiences.SelectMany(audience => audience.Bindings).Select(feed => feed.Remote)],
            cancellationToken
        );
    }

    /// <summary>A service of the workspace.</summary>
    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Starts what every Host does, and the workers: each works when it holds its lease.</summary>
    /// <param name="runWorkers">False when they start as soon as they are assigned to this Host.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public async Task StartAsync(bool runWorkers, CancellationToken cancellationToken)
    {
        await Get<BodyPartitionStore>().EnsureAsync(cancellationToken);
        await Get<DeliveryPartitionStore>().EnsureAsync(cancellationToken);
        _committing = Task.Run(() => _commit.RunAsync(CancellationToken.None), CancellationToken.None);
        _loops.AddRange(
            _services.GetServices<HostLoop>().Select(loop => Task.Run(() => loop.RunAsync(_stop.Token), CancellationToken.None))
        );
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

        if (!await _database.AnswersAsync(cancellationToken))
        {
            return "storage down";
        }

        return _commit.IsRefused ? "storage refuses" : null;
    }

    /// <summary>Runs a piece of work that appends, without projecting or syncing: for a verb next to a running Host.</summary>
    public async Task<T> AppendingAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await Get<BodyPartitionStore>().EnsureAsync(cancellationToken);
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
        await _database.DisposeAsync();
        await _services.DisposeAsync();
        _stop.Dispose();
    }
}
