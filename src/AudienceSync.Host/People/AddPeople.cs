using AudienceSync.Connectors;
using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Messages;
using AudienceSync.Host.People.Erasure;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.People;

/// <summary>The services of consent, suppression, erasure and export of a workspace's people.</summary>
internal static class AddPeopleExtensions
{
    /// <param name="services">The workspace's container.</param>
    /// <param name="connectors">The connectors by destination, which erase people at platforms.</param>
    public static IServiceCollection AddPeople(this IServiceCollection services, IReadOnlyDictionary<string, IDestination> connectors) =>
        services
            .AddSingleton<LinkStopStore>()
            .AddSingleton<PermissionWriter>()
            .AddSingleton(provider => new Erasures(
                provider.GetRequiredService<WorkspaceDatabase>(),
                Dependencies(provider) with
                {
                    Destinations = connectors,
                },
                provider.GetRequiredService<ILogger<ErasureLoop>>()
            ))
            .AddWorker<Erasures>(ErasureLoop.LeaseName, erasures => erasures.Loop.RunAsync);

    private static PrivacyDependencies Dependencies(IServiceProvider provider) =>
        new(
            provider.GetRequiredService<Vault>(),
            provider.GetRequiredService<BodySeal>(),
            provider.GetRequiredService<AliasDigester>(),
            provider.GetRequiredService<TombstoneDigester>(),
            provider.GetRequiredService<LeaseStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<Wakes>().Of(Wakes.Projector)
        )
        {
            Messages = provider.GetRequiredService<IMessages>(),
            Chance = provider.GetRequiredService<Func<double>>(),
        };
}
