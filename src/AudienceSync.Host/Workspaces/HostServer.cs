using AudienceSync.Connectors;
using AudienceSync.Host.Access;
using AudienceSync.Host.Configuration;
using AudienceSync.Host.Decisions;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Ingest.Reporting;
using AudienceSync.Host.Messages;
using AudienceSync.Host.Privacy.Keys;
using AudienceSync.Host.Requests;
using AudienceSync.Host.Workspaces.Metrics;

namespace AudienceSync.Host.Workspaces;

/// <summary>
/// The workspaces of the process: opened before anything starts, running before the listener accepts requests. When the process stops, the
/// listener stops first; then every workspace commits what is queued before anything else of it stops; its workers stop last.
/// </summary>
public sealed class HostServer(
    HostSettings settings,
    ServerDependencies dependencies,
    AccessTokens<OperatorAccount> operators,
    AccessTokens<WebhookInbox> inboxes,
    AccessTokens<SourceDecisions> decisions,
    ReportingSources reporting,
    WorkspaceServices services,
    HostMetrics metrics,
    IMessages messages,
    ILoggerFactory loggers
) : IHostedLifecycleService, IAsyncDisposable
{
    private readonly Dictionary<string, Workspace> _workspaces = new(StringComparer.Ordinal);
    private readonly ILogger _logger = loggers.CreateLogger("AudienceSync");

    /// <summary>Empty until they are opened; the same collection from then on.</summary>
    public IReadOnlyDictionary<string, Workspace> Workspaces => _workspaces;

    /// <summary>Brings the schema up to date and opens every workspace. Nothing runs yet.</summary>
    /// <exception cref="SetupException">Something a human must change.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var connectionString = settings.Postgres!;
        var masterKeys = MasterKeyLoader.Load(settings);
        var loader = new ConfigLoader(settings.ConfigPath, dependencies.Environment);
        var config = loader.Load();
        var planner = new WorkspacePlanner(
            loader,
            new DestinationDependencies(dependencies.Network, dependencies.Clock, dependencies.Random)
        );
        var plans = config.Workspaces.Select(workspace => planner.Plan(workspace.Key, workspace.Value)).ToList();
        var applied = await new Migrations(settings.Owner!, connectionString).ApplyAsync(
            [.. plans.Select(plan => plan.Name)],
            cancellationToken
        );
        if (applied.Count > 0)
        {
            _logger.LogInformation("Applied {Count} schema files", applied.Count);
        }

        await new MasterKeyCheck(connectionString, masterKeys).RunAsync(cancellationToken);
        var owner = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";
        var given = new WorkspaceDependencies(masterKeys, dependencies.Clock, Chance, loggers, owner)
        {
            LeaseTime = settings.LeaseTime(),
            AccountPoll = dependencies.AccountPoll,
            AlertPoll = dependencies.AlertPoll,
            FreeDisk = dependencies.FreeDisk,
            Metrics = metrics,
            Messages = messages,
        };
        foreach (var plan in plans)
        {
            _workspaces.Add(plan.Name.Value, await Workspace.OpenAsync(connectionString, plan, given, declare: true, cancellationToken));
        }

        Admit(plans, loader.Secret(config.OperatorToken, "operator_token"));
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var workspace in _workspaces.Values)
        {
            await workspace.StartAsync(runWorkers: !settings.SharesByAgents(), cancellationToken);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _logger.LogInformation("AudienceSync is ready at {Urls}", settings.Urls);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_workspaces.Values.Select(workspace => workspace.StopAsync()));

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        _logger.LogInformation("AudienceSync has stopped");
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var workspace in _workspaces.Values)
        {
            await workspace.DisposeAsync();
        }

        _workspaces.Clear(); // The container disposes it twice: as itself and as a hosted service.
    }

    private void Admit(IReadOnlyList<WorkspacePlan> plans, byte[] operatorToken)
    {
        foreach (var plan in plans)
        {
            var workspace = _workspaces[plan.Name.Value];
            services.Add(plan.Name.Value, workspace.Services);
            foreach (var (source, token) in plan.Sources)
            {
                var inbox = workspace.Get<Inboxes>().BySource[source.Name];
                if (source.IsReporting)
                {
                    reporting.Add(inbox);
                }
                else
                {
                    inboxes.Add(token, inbox);
                    decisions.Add(token, workspace.Get<WorkspaceDecisions>().BySource[source.Name]);
                }
            }
        }

        operators.Add(operatorToken, new OperatorAccount("operator"));
    }

    private double Chance()
    {
        lock (dependencies.Random)
        {
            return dependencies.Random.NextDouble();
        }
    }
}
