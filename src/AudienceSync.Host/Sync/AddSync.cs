using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Sync.Accounts;
using AudienceSync.Host.Sync.Holds;
using AudienceSync.Host.Sync.Readings;
using AudienceSync.Host.Sync.Resends;
using AudienceSync.Host.Sync.Runs;

namespace AudienceSync.Host.Sync;

/// <summary>The services that keep a workspace's remote audiences equal to its memberships.</summary>
internal static class AddSyncExtensions
{
    private const string HoldWatchName = "hold-watch";

    /// <param name="services">The workspace's container.</param>
    /// <param name="destinations">Its ad accounts.</param>
    /// <param name="metricsOf">The metrics of a destination; null for a verb.</param>
    /// <param name="poll">How often an account is looked at when nothing wakes it.</param>
    public static IServiceCollection AddSync(
        this IServiceCollection services,
        IReadOnlyList<PlannedDestination> destinations,
        Func<string, DestinationMetrics>? metricsOf,
        TimeSpan poll
    )
    {
        services
            .AddSingleton<DeliveryPartitionStore>()
            .AddSingleton<CallSeal>()
            .AddSingleton<RunQueries>()
            .AddSingleton<ReadingStore>()
            .AddSingleton<OperatorHolds>()
            .AddSingleton<HoldQueries>()
            .AddSingleton<ResendStore>()
            .AddSingleton(provider => new FailedDeliveries(
                provider.GetRequiredService<ResendStore>(),
                destinations.ToDictionary(destination => destination.Name, destination => destination.Connector, StringComparer.Ordinal),
                provider.GetRequiredService<TimeProvider>()
            ))
            .AddSingleton(provider => new AccountForecasts(
                provider.GetRequiredService<WorkspaceDatabase>(),
                destinations.ToDictionary(
                    destination => destination.Name,
                    destination => destination.Connector.Limits,
                    StringComparer.Ordinal
                )
            ))
            .AddSingleton(provider => new HoldWatch(
                provider.GetRequiredService<HoldQueries>(),
                provider.GetRequiredService<Wakes>().Of(HoldWatchName),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<HoldWatch>>()
            ));
        foreach (var destination in destinations)
        {
            var metrics = metricsOf?.Invoke(destination.Name);
            services.AddSingleton(provider =>
                Worker.OfAccount(destination.Name, AccountWorker.Open(destination, metrics, poll, provider).RunAsync)
            );
        }

        return services.AddWorker<HoldWatch>(HoldWatchName, watch => watch.RunAsync);
    }

    /// <summary>The name of an account's wake.</summary>
    public static string WakeOf(PlannedDestination destination) => "account " + destination.Name;
}
