using AudienceSync.Domain.Normalising;

namespace AudienceSync.Connectors;

/// <summary>A destination as the configuration names it. Its platform checks the rest.</summary>
/// <param name="Account">The ad account at the platform, e.g. <c>act_1001</c>.</param>
/// <param name="Token">What the platform calls access token.</param>
/// <param name="BaseUrl">Where the platform is; null for the real one.</param>
/// <param name="ApiVersion">The platform's version of its interface; null for the one this program was tested with.</param>
/// <param name="AppSecret">Signs each call where the platform demands it (contracts/meta.md 3); null when it does not.</param>
public sealed record DestinationSettings(
    string Account, Secret Token, Uri? BaseUrl = null, string? ApiVersion = null, Secret? AppSecret = null);

/// <summary>What a destination is given of the world.</summary>
/// <param name="Network">Carries the calls; <see cref="Http.PlatformHttp.CreateHandler"/> in a process, something scripted in a test. Shared, so never disposed by a destination.</param>
/// <param name="Clock">Time-outs, proofs and dates run on it.</param>
/// <param name="Random">Jitter. Used under a lock, because calls of several accounts overlap.</param>
public sealed record DestinationSurroundings(HttpMessageHandler Network, TimeProvider Clock, Random Random)
{
    /// <summary>The rules by which identifiers become digests; a test adds a version that the program does not ship.</summary>
    public Normalisers Normalisers { get; init; } = Normalisers.BuiltIn;
}

/// <summary>A destination cannot be made of its settings. The message never holds a secret.</summary>
public sealed class DestinationSettingsException(string code, string message) : Exception(message)
{
    /// <summary>Stable, for people and tests.</summary>
    public string Code { get; } = code;
}
