using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Ingest.Append;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Outcomes;

/// <summary>The services that make something of the outcomes of messages.</summary>
internal static class AddOutcomesExtensions
{
    /// <param name="services">The workspace's container.</param>
    /// <param name="policy">What outcomes lead to.</param>
    /// <param name="hasReports">Whether a source of the workspace reports outcomes: otherwise nothing is projected, and nothing
    /// polls.</param>
    public static IServiceCollection AddOutcomes(this IServiceCollection services, OutcomePolicy policy, bool hasReports)
    {
        services
            .AddSingleton(policy)
            .AddSingleton<EngagementQueries>()
            .AddSingleton<DaemonQueries>()
            .AddSingleton(new DaemonHealth(hasReports));
        return !hasReports
            ? services
            : services
                .AddSingleton(provider => new SuppressionStore(
                    provider.GetRequiredService<WorkspaceDatabase>(),
                    provider.GetRequiredService<Vault>()
                ))
                .AddSingleton(provider => new OutcomeSuppression(
                    policy,
                    provider.GetRequiredService<EngagementQueries>(),
                    provider.GetRequiredService<SuppressionStore>(),
                    provider.GetRequiredService<GroupCommit>(),
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<OutcomeSuppression>>()
                ))
                .AddSingleton(provider => new EngagementDaemon(
                    provider.GetRequiredService<WorkspaceDatabase>(),
                    provider.GetRequiredService<LeaseStore>(),
                    provider.GetRequiredService<OutcomeSuppression>(),
                    provider.GetRequiredService<Wakes>().Of(Wakes.Engagement),
                    provider.GetRequiredService<DaemonHealth>(),
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<EngagementDaemon>>()
                ))
                .AddWorker<EngagementDaemon>(DaemonHealth.LeaseName, daemon => daemon.RunAsync);
    }
}
