using AudienceSync.Host.EventStore.Leases;
using Wolverine.Runtime;
using Wolverine.Runtime.Agents;

namespace AudienceSync.Host.Workspaces.Nodes;

/// <summary>
/// Shares the workers of all workspaces among the Hosts of a database: the accounts evenly among themselves, then everything else.
/// Wolverine decides who works; the fence of a lease decides who may write. A Host is only given work that its configuration has.
/// </summary>
internal sealed class WorkerAgentFamily(HostServer server) : IStaticAgentFamily
{
    public string Scheme => "audiencesync";

    public ValueTask<IReadOnlyList<Uri>> AllKnownAgentsAsync() =>
        ValueTask.FromResult<IReadOnlyList<Uri>>([.. All().Select(one => one.Uri)]);

    public ValueTask<IReadOnlyList<Uri>> SupportedAgentsAsync() => AllKnownAgentsAsync();

    public ValueTask<IAgent> BuildAgentAsync(Uri uri, IWolverineRuntime wolverineRuntime)
    {
        var worker =
            All().FirstOrDefault(one => one.Uri == uri).Worker ?? throw new InvalidAgentException($"This Host has no worker {uri}.");
        return ValueTask.FromResult<IAgent>(new WorkerAgent(uri, worker));
    }

    public ValueTask EvaluateAssignmentsAsync(AssignmentGrid assignments)
    {
        // The same as DistributeEvenly as long as all Hosts have the same configuration.
        assignments.DistributeEvenlyWithBlueGreenSemantics(Scheme, Worker.IsAccount);
        assignments.DistributeEvenlyWithBlueGreenSemantics(Scheme, agent => !Worker.IsAccount(agent));
        return ValueTask.CompletedTask;
    }

    private IEnumerable<(Uri Uri, Worker Worker)> All() =>
        from workspace in server.Workspaces
        from worker in workspace.Value.Workers
        select (new Uri($"{Scheme}://worker/{workspace.Key}/{worker.Name}"), worker);
}
