using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;

namespace AudienceSync.Host.Alerts;

/// <summary>The services that alert people of a workspace.</summary>
internal static class AddAlertsExtensions
{
    /// <param name="services">The workspace's container.</param>
    /// <param name="plan">What is configured.</param>
    /// <param name="scene">What alerts are about.</param>
    /// <param name="poll">How often it looks.</param>
    public static IServiceCollection AddAlerts(this IServiceCollection services, PlannedAlerts plan, AlertScene scene, TimeSpan poll) =>
        services
            .AddSingleton(plan)
            .AddSingleton(scene)
            .AddSingleton<AlertReadingQueries>()
            .AddSingleton<BindingReadingQueries>()
            .AddSingleton<FlowStore>()
            .AddSingleton<AlertStateStore>()
            .AddSingleton<AlertSendStore>()
            .AddSingleton<SilenceStore>()
            .AddSingleton<AlertQueries>()
            .AddSingleton<WeekStore>()
            .AddSingleton<WeekQueries>()
            .AddSingleton<WeeklyDigests>()
            .AddSingleton<AlertSender>()
            .AddSingleton<ChannelTrial>()
            .AddSingleton(provider => new AlertLoop(
                scene,
                plan,
                provider.GetRequiredService<AlertReadingQueries>(),
                provider.GetRequiredService<BindingReadingQueries>(),
                provider.GetRequiredService<FlowStore>(),
                provider.GetRequiredService<AlertStateStore>(),
                provider.GetRequiredService<AlertSendStore>(),
                provider.GetRequiredService<SilenceStore>(),
                provider.GetRequiredService<WeeklyDigests>(),
                provider.GetRequiredService<LeaseStore>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<AlertLoop>>()
            )
            {
                PollEvery = poll,
            })
            .AddWorker<AlertLoop>(AlertLoop.LeaseName, loop => loop.RunAsync);
}
