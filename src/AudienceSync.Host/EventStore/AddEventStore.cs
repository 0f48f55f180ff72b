using AudienceSync.Host.EventStore.Leases;

namespace AudienceSync.Host.EventStore;

/// <summary>The services of a workspace's event store: its connections, its leases and what wakes its loops.</summary>
internal static class AddEventStoreExtensions
{
    /// <param name="services">The workspace's container.</param>
    /// <param name="database">Its connections.</param>
    /// <param name="owner">Who holds leases.</param>
    /// <param name="leaseTime">How long a silent owner keeps others waiting; null for the built-in time.</param>
    public static IServiceCollection AddEventStore(
        this IServiceCollection services,
        WorkspaceDatabase database,
        string owner,
        TimeSpan? leaseTime
    ) =>
        services
            .AddSingleton(database)
            .AddSingleton(new LeaseStore(database, owner, leaseTime))
            .AddSingleton<LeaseRenewal>()
            .AddSingleton<StalledHolders>()
            .AddSingleton<Wakes>()
            .AddSingleton(provider => new LogListener(
                database,
                provider.GetRequiredService<Wakes>().Of(Wakes.Projector),
                provider.GetRequiredService<Wakes>().Of(Wakes.Registry),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<LogListener>>()
            ))
            .AddHostLoop<LogListener>(listener => listener.RunAsync)
            .AddHostLoop<LeaseRenewal>(renewal => renewal.RunAsync);

    /// <summary>Registers a loop that every Host runs.</summary>
    public static IServiceCollection AddHostLoop<T>(this IServiceCollection services, Func<T, Func<CancellationToken, Task>> run)
        where T : notnull => services.AddSingleton(provider => new HostLoop(run(provider.GetRequiredService<T>())));

    /// <summary>Registers work that one Host at a time does.</summary>
    public static IServiceCollection AddWorker<T>(this IServiceCollection services, string name, Func<T, Func<CancellationToken, Task>> run)
        where T : notnull => services.AddSingleton(provider => new Worker(name, run(provider.GetRequiredService<T>())));
}
