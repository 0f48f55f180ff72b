using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Connectors;

/// <summary>The external dependencies of a destination.</summary>
/// <param name="Network">Sends the calls; <see cref="Http.PlatformHttp.CreateHandler"/> in production, a scripted handler in a test.
/// Shared, so never disposed by a destination.</param>
/// <param name="Clock">Used for timeouts, proofs and dates.</param>
/// <param name="Random">Jitter. Used under a lock, because calls of several accounts overlap.</param>
public sealed record DestinationDependencies(HttpMessageHandler Network, TimeProvider Clock, Random Random)
{
    /// <summary>The rules by which identifiers become digests; a test adds a version that the program does not ship.</summary>
    public Normalizers Normalizers { get; init; } = Normalizers.BuiltIn;
}
