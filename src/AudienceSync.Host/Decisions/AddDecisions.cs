using AudienceSync.Host.Access;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Ingest;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.Decisions;

/// <summary>The services that answer questions about people.</summary>
internal static class AddDecisionsExtensions
{
    /// <param name="services">The workspace's container.</param>
    /// <param name="sources">Its senders, with what each is answered.</param>
    /// <param name="metrics">Counts decisions; null where nothing is measured.</param>
    public static IServiceCollection AddDecisions(
        this IServiceCollection services,
        IReadOnlyList<(Source Source, DecisionSettings Settings)> sources,
        DecisionMetrics? metrics
    ) =>
        services
            .AddSingleton<DecisionQueries>()
            .AddSingleton<PersonState>()
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

    private sealed class ReceiptFieldSources(WorkspaceDecisions decisions) : IReceiptFieldSources
    {
        public IReceiptFields? Of(string source) => decisions.BySource.GetValueOrDefault(source);
    }
}
