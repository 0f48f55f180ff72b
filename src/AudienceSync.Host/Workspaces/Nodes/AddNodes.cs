using AudienceSync.Host.Messages;
using JasperFx.CodeGeneration;
using Wolverine;
using Wolverine.Runtime.Agents;

namespace AudienceSync.Host.Workspaces.Nodes;

/// <summary>Makes the process one of the Hosts that share a database's work: Wolverine's nodes, leader and agents.</summary>
internal static class AddNodesExtensions
{
    /// <summary>How often a Host writes that it lives, and how often the leader assigns work.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    /// <summary>A Host that was silent for this long gets no work, and what it had goes to others.</summary>
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(8);

    /// <summary>To be called before the workspaces are added: what is added first stops last.</summary>
    public static IServiceCollection AddNodes(this IServiceCollection services, string connectionString, bool sharesByAgents)
    {
        var storage = new MessageStore(connectionString);
        services.AddSingleton(storage);
        services.AddSingleton<IMessages, WolverineMessages>();
        if (sharesByAgents)
        {
            services.AddSingleton<IAgentFamily, WorkerAgentFamily>();
        }

        return services.AddWolverine(
            ExtensionDiscovery.ManualOnly,
            options =>
            {
                options.ServiceName = "audiencesync";
                options.ApplicationAssembly = typeof(AddNodesExtensions).Assembly;
                storage.Use(options);
                options.Durability.HealthCheckPollingTime = Poll;
                options.Durability.CheckAssignmentPeriod = Poll;
                options.Durability.StaleNodeTimeout = Stale;
                options.Durability.FirstHealthCheckExecution = TimeSpan.Zero;
                options.Durability.NodeAssignmentHealthCheckTracingEnabled = false;

                options.AddMessages();

                // No assembly is searched for handlers and no code is generated: handlers are added by hand, as classes that need neither.
                options.Discovery.DisableConventionalDiscovery();
                options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static;
            }
        );
    }
}
