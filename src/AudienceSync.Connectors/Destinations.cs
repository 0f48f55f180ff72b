using System.Collections.Frozen;
using AudienceSync.Connectors.Google;
using AudienceSync.Connectors.Meta;
using AudienceSync.Connectors.Sections;
using AudienceSync.Connectors.TikTok;
using AudienceSync.Connectors.Webhook;

namespace AudienceSync.Connectors;

/// <summary>The supported platforms, by the name used in the configuration. A new platform is one row here and one folder.</summary>
public static class Destinations
{
    private static readonly FrozenDictionary<string, Row> Rows = new[]
    {
        RowOf(GoogleSettings.Known, GoogleSettings.Parse, (settings, with) => new GoogleDestination(settings, with)),
        RowOf(MetaSettings.Known, MetaSettings.Parse, (settings, with) => new MetaDestination(settings, with)),
        RowOf(TikTokSettings.Known, TikTokSettings.Parse, (settings, with) => new TikTokDestination(settings, with)),
        RowOf(WebhookSettings.Known, WebhookSettings.Parse, (settings, with) => new WebhookDestination(settings, with)),
    }.ToFrozenDictionary(row => row.Known.Platform, StringComparer.Ordinal);

    private static readonly FrozenSet<string> SettingNames = Rows
        .Values.SelectMany(row => row.Known.Names)
        .ToFrozenSet(StringComparer.Ordinal);

    private delegate CreatedDestination CreateDestination(DestinationSection section, DestinationDependencies dependencies);

    public static IReadOnlyList<string> Platforms => Rows.Keys;

    /// <summary>Whether any platform has a setting of this name; one that none has is misspelled.</summary>
    public static bool IsSetting(string name) => SettingNames.Contains(name);

    public static CreatedDestination Create(string platform, DestinationSection section, DestinationDependencies dependencies)
    {
        ArgumentNullException.ThrowIfNull(platform);
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(dependencies);
        if (Rows.TryGetValue(platform, out var row))
        {
            return row.Create(section, dependencies);
        }

        var known = string.Join(", ", Platforms.Order(StringComparer.Ordinal));
        return new CreatedDestination(null, [new SettingError("platform", "unknown_platform", $"platform must be one of: {known}.")]);
    }

    private static Row RowOf<T>(
        PlatformSettings known,
        Func<DestinationSection, ParsedSettings<T>> parse,
        Func<T, DestinationDependencies, IDestination> create
    )
        where T : class =>
        new(
            known,
            (section, dependencies) =>
            {
                var parsed = parse(section);
                return new CreatedDestination(parsed.Settings is { } settings ? create(settings, dependencies) : null, parsed.Errors);
            }
        );

    private sealed record Row(PlatformSettings Known, CreateDestination Create);
}
