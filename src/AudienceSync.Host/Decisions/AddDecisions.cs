using AudienceSync.Domain.Outcomes;
using AudienceSync.Host.Access;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Projection;

namespace AudienceSync.Host.Decisions;

/// <summary>The services that answer questions about people.</summary>
internal static class AddDecisionsExtensions
{
    /// <param name="services">The workspace's container.</param>
    /// <param name="sources">Its senders, with what each is answered.</param>
    /// <param name="metrics">Counts decisions; null where nothing is measured.</param>
    /// <param name="hasReports">Whether a source reports outcomes of messages.</param>
    public static IServiceCollection AddDecisions(
        this IServiceCollection services,
        IReadOnlyList<(Source Source, DecisionSettings Settings)> sources,
        DecisionMetrics? metrics,
        bool hasReports
    ) =>
        services
            .AddSingleton(provider => new DecisionQueries(provider.GetRequiredService<WorkspaceDatabase>(), hasReports))
            .AddSingleton<DecisionReads>()
            .AddSingleton(State)
            .AddSingleton<DecisionLogStore>()
            .AddSingleton(provider => new DecisionLog(
                provider.GetRequiredService<DecisionLogStore>(),
                metrics,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<DecisionLog>>()
            ))
            .AddHostLoop<DecisionLog>(log => log.RunAsync)
            .AddSingleton<Decider>()
            .AddSingleton(provider => new WorkspaceDecisions(
                sources.ToDictionary(
                    one => one.Source.Name,
                    one => new SourceDecisions(
                        one.Source,
                        one.Settings,
                        provider.GetRequiredService<Decider>(),
                        provider.GetRequiredService<AliasDigester>()
                    ),
                    StringComparer.Ordinal
                )
            ))
            .AddSingleton<IReceiptFieldSources>(provider => new ReceiptFieldSources(provider.GetRequiredService<WorkspaceDecisions>()));

    /// <summary>Adds the endpoint, and whom its tokens belong to, to the process.</summary>
    public static IServiceCollection AddDecisionEndpoint(this IServiceCollection services, TimeProvider clock) =>
        services
            .AddSingleton<AccessTokens<SourceDecisions>>()
            .AddSingleton(provider => new DecisionEndpoint(provider.GetRequiredService<AccessTokens<SourceDecisions>>(), clock));

    // The reloads of keys that questions cause are limited apart from those that webhooks cause: neither delays the other's.
    private static PersonState State(IServiceProvider provider) =>
        new(
            provider.GetRequiredService<DecisionReads>(),
            provider.GetRequiredService<PermissionStore>(),
            provider.GetRequiredService<AudienceKeys>(),
            new PublishedKeys(provider.GetRequiredService<AudienceKeys>(), provider.GetRequiredService<TimeProvider>()),
            provider.GetRequiredService<TombstoneDigester>(),
            provider.GetRequiredService<OlderAliasQueries>(),
            provider.GetRequiredService<OutcomePolicy>(),
            provider.GetRequiredService<TimeProvider>()
        );

    private sealed class ReceiptFieldSources(WorkspaceDecisions decisions) : IReceiptFieldSources
    {
        public IReceiptFields? Of(string source) => decisions.BySource.GetValueOrDefault(source);
    }
}
