using AudienceSync.Host.Configuration;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.Messages;

namespace AudienceSync.Host.Maintenance;

/// <summary>The services that keep a workspace's tables small.</summary>
internal static class AddMaintenanceExtensions
{
    /// <param name="services">The workspace's container.</param>
    /// <param name="workspace">Its name.</param>
    /// <param name="retention">For how long ended records are kept.</param>
    public static IServiceCollection AddMaintenance(this IServiceCollection services, string workspace, RetentionSettings retention) =>
        services
            .AddSingleton(retention)
            .AddSingleton<RetentionStore>()
            .AddSingleton<MaintenanceTasks>()
            .AddSingleton(provider => new MaintenanceSchedule(
                workspace,
                provider.GetRequiredService<IMessages>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<MaintenanceSchedule>>()
            ))
            .AddWorker<MaintenanceSchedule>("maintenance", schedule => schedule.RunAsync);
}
