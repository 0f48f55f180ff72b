using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Exposures.Export;
using AudienceSync.Host.Exposures.Projecting;

namespace AudienceSync.Host.Exposures;

/// <summary>The services that write and read the exposure log of a workspace.</summary>
internal static class AddExposuresExtensions
{
    /// <param name="services">The workspace's container.</param>
    /// <param name="plan">Whether exposures are logged. Where they are not, nothing polls.</param>
    /// <param name="poll">How often it looks for what happened.</param>
    public static IServiceCollection AddExposures(this IServiceCollection services, ExposurePlan plan, TimeSpan poll)
    {
        services
            .AddSingleton(plan)
            .AddSingleton<ExposureTableQueries>()
            .AddSingleton<ExposureLagQueries>()
            .AddSingleton<ExposureStateQueries>()
            .AddSingleton<DeliveryPageQueries>()
            .AddSingleton<ExposurePageStore>()
            .AddSingleton<ExposureAssignmentStore>()
            .AddSingleton<ExposureLinkStore>()
            .AddSingleton<ExposureLinks>()
            .AddSingleton(provider => new ExposurePages(
                provider.GetRequiredService<ExposureStateQueries>(),
                provider.GetRequiredService<DeliveryPageQueries>(),
                provider.GetRequiredService<ExposurePageStore>(),
                provider.GetRequiredService<ExposureAssignmentStore>(),
                provider.GetRequiredService<ExperimentStore>(),
                provider.GetRequiredService<AudienceKeys>(),
                provider.GetRequiredService<TimeProvider>(),
                Guid.NewGuid
            ))
            .AddSingleton(provider => new ExposureProjector(
                plan,
                provider.GetRequiredService<ExposurePages>(),
                provider.GetRequiredService<ExposureLinks>(),
                provider.GetRequiredService<LeaseStore>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ExposureProjector>>()
            )
            {
                PollEvery = poll,
            });
        return plan.IsOn ? services.AddWorker<ExposureProjector>(ExposureProjector.LeaseName, loop => loop.RunAsync) : services;
    }
}
