using System.Collections.Frozen;
using AudienceSync.Connectors.Google;
using AudienceSync.Connectors.Meta;
using AudienceSync.Connectors.TikTok;
using AudienceSync.Connectors.Webhook;

namespace AudienceSync.Connectors;

/// <summary>The supported platforms, by the name used in the configuration. A new platform is one row here and one folder.</summary>
public static class Destinations
{
    private static readonly FrozenDictionary<string, Func<DestinationSettings, DestinationDependencies, IDestination>> Factories =
        new Dictionary<string, Func<DestinationSettings, DestinationDependencies, IDestination>>(StringComparer.Ordinal)
        {
            ["google"] = (settings, dependencies) => new GoogleDestination(GoogleSettings.From(settings), dependencies),
            ["meta"] = (settings, dependencies) => new MetaDestination(MetaSettings.From(settings), dependencies),
            ["tiktok"] = (settings, dependencies) => new TikTokDestination(TikTokSettings.From(settings), dependencies),
            ["webhook"] = (settings, dependencies) => new WebhookDestination(WebhookSettings.From(settings), dependencies),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IReadOnlyList<string> Platforms => Factories.Keys;

    /// <exception cref="DestinationSettingsException">No such platform, or settings it cannot use.</exception>
    public static IDestination Create(string platform, DestinationSettings settings, DestinationDependencies dependencies)
    {
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(dependencies);
        return Factories.TryGetValue(platform, out var create)
            ? create(settings, dependencies)
            : throw new DestinationSettingsException("unknown_platform", $"platform must be one of: {string.Join(", ", Platforms.Order(StringComparer.Ordinal))}.");
    }
}
