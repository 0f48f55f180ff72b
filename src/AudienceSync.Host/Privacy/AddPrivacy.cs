using AudienceSync.Host.EventStore;
using AudienceSync.Host.EventStore.Leases;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Privacy;

/// <summary>The services that keep personal data of a workspace sealed, and find people by digests.</summary>
internal static class AddPrivacyExtensions
{
    /// <param name="services">The workspace's container, with its master keys.</param>
    /// <param name="secrets">The workspace's own secrets.</param>
    public static IServiceCollection AddPrivacy(this IServiceCollection services, WorkspaceSecrets secrets) =>
        services
            .AddSingleton<Vault>()
            .AddSingleton<StepSeal>()
            .AddSingleton(provider => new BodySeal(provider.GetRequiredService<MasterKeys>(), secrets.Fingerprint))
            .AddSingleton(_ => new AliasDigester(secrets.Alias))
            .AddSingleton(_ => new TombstoneDigester(secrets.Tombstone))
            .AddSingleton<RotationStore>()
            .AddSingleton<SecretStore>()
            .AddSingleton<RealiasStore>()
            .AddSingleton<OlderAliasQueries>()
            .AddSingleton<KeyRotation>()
            .AddSingleton(provider => new KeyRotationLoop(
                provider.GetRequiredService<KeyRotation>(),
                provider.GetRequiredService<MasterKeys>(),
                provider.GetRequiredService<LeaseStore>(),
                provider.GetRequiredService<Wakes>().Of(KeyRotation.LeaseName),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<KeyRotationLoop>>()
            ))
            .AddWorker<KeyRotationLoop>("key-rotation", rotation => rotation.RunAsync);
}
