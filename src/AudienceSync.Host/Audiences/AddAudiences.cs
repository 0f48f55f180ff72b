using AudienceSync.Connectors;
using AudienceSync.Host.Audiences.Registry;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Audiences;

/// <summary>The services of a workspace's audiences: the registry, and the Host's copy of the published keys.</summary>
internal static class AddAudiencesExtensions
{
    /// <param name="services">The workspace's container.</param>
    /// <param name="keys">The Host's copy of the keys.</param>
    /// <param name="connectors">The connectors by destination, which create remote audiences.</param>
    public static IServiceCollection AddAudiences(
        this IServiceCollection services,
        AudienceKeys keys,
        IReadOnlyDictionary<string, IDestination> connectors
    ) =>
        services
            .AddSingleton(keys)
            .AddSingleton<RegistryStore>()
            .AddSingleton<AudienceRegistry>()
            .AddSingleton<DrainStore>()
            .AddSingleton<ExperimentStore>()
            .AddSingleton(provider => new RemoteAudienceCreator(
                provider.GetRequiredService<AudienceRegistry>(),
                provider.GetRequiredService<RegistryStore>(),
                connectors
            ))
            .AddSingleton(provider => new RegistryLoop(
                keys,
                provider.GetRequiredService<Wakes>().Of(Wakes.Registry),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<RegistryLoop>>()
            )
            {
                AfterPoll = async cancellationToken =>
                {
                    foreach (var task in provider.GetServices<IWaitsForKeys>())
                    {
                        await task.KeysReadAsync(cancellationToken);
                    }
                },
            })
            .AddHostLoop<RegistryLoop>(loop => loop.RunAsync);
}
