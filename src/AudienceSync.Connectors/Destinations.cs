using System.Collections.Frozen;
using AudienceSync.Connectors.Google;
using AudienceSync.Connectors.Meta;
using AudienceSync.Connectors.TikTok;
using AudienceSync.Connectors.Webhook;

namespace AudienceSync.Connectors;

/// <summary>The platforms we can speak to, by the name the configuration uses. A new platform is one row here and one folder.</summary>
public static class Destinations
{
    private static readonly FrozenDictionary<string, Func<DestinationSettings, DestinationSurroundings, IDestination>> Makers =
        new Dictionary<string, Func<DestinationSettings, DestinationSurroundings, IDestination>>(StringComparer.Ordinal)
        {
            ["google"] = (settings, surroundings) => new GoogleDestination(GoogleSettings.From(settings), surroundings),
            ["meta"] = (settings, surroundings) => new MetaDestination(MetaSettings.From(settings), surroundings),
            ["tiktok"] = (settings, surroundings) => new TikTokDestination(TikTokSettings.From(settings), surroundings),
            ["webhook"] = (settings, surroundings) => new WebhookDestination(WebhookSettings.From(settings), surroundings),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IReadOnlyList<string> Platforms => Makers.Keys;

    /// <exception cref="DestinationSettingsException">No such platform, or settings it cannot use.</exception>
    public static IDestination Create(string platform, DestinationSettings settings, DestinationSurroundings surroundings)
    {
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(surroundings);
        return Makers.TryGetValue(platform, out var make)
            ? make(settings, surroundings)
            : throw new DestinationSettingsException("unknown_platform", $"platform must be one of: {string.Join(", ", Platforms.Order(StringComparer.Ordinal))}.");
    }
}
