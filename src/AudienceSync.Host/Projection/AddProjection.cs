using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Telemetry;

namespace AudienceSync.Host.Projection;

/// <summary>The services that fold a workspace's events into membership.</summary>
internal static class AddProjectionExtensions
{
    /// <param name="services">The workspace's container.</param>
    /// <param name="followers">The loops to wake after a page, by name.</param>
    public static IServiceCollection AddProjection(this IServiceCollection services, IReadOnlyList<string> followers) =>
        services
            .AddSingleton<MembershipStore>()
            .AddSingleton<PermissionStore>()
            .AddSingleton<InheritStore>()
            .AddSingleton<HoldoutStore>()
            .AddSingleton(provider => Loop(provider, followers))
            .AddWorker<ProjectionLoop>(ProjectionLoop.LeaseName, projector => projector.RunAsync);

    private static ProjectionLoop Loop(IServiceProvider provider, IReadOnlyList<string> followers)
    {
        var wakes = provider.GetRequiredService<Wakes>();
        return new ProjectionLoop(
            provider.GetRequiredService<MembershipStore>(),
            provider.GetRequiredService<PermissionStore>(),
            provider.GetRequiredService<InheritStore>(),
            provider.GetRequiredService<HoldoutStore>(),
            provider.GetRequiredService<DrainStore>(),
            provider.GetRequiredService<LeaseStore>(),
            provider.GetRequiredService<AudienceKeys>(),
            wakes.Of(Wakes.Projector),
            [.. followers.Select(wakes.Of)],
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ProjectionLoop>>()
        )
        {
            Progress = provider.GetService<LogProgress>(),
        };
    }
}
