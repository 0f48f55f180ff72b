using System.Collections.Frozen;
using AudienceSync.Connectors.Sections;

namespace AudienceSync.Connectors.Alerts;

/// <summary>A channel, or every reason why there is none.</summary>
/// <param name="Channel">Null when there are errors.</param>
/// <param name="Errors">In the order in which they are to be corrected.</param>
public sealed record CreatedChannel(IAlertChannel? Channel, IReadOnlyList<SettingError> Errors);

/// <summary>The kinds of channels. A new one is a row here and its files.</summary>
public static class AlertChannels
{
    private static readonly FrozenDictionary<
        string,
        (PlatformSettings Known, Func<DestinationSection, DestinationDependencies, CreatedChannel> Create)
    > Rows = new Dictionary<string, (PlatformSettings, Func<DestinationSection, DestinationDependencies, CreatedChannel>)>(
        StringComparer.Ordinal
    )
    {
        [SlackChannel.Known.Platform] = (SlackChannel.Known, (section, around) => Of(SlackChannel.Parse(section, around))),
        [PagerDutyChannel.Known.Platform] = (PagerDutyChannel.Known, (section, around) => Of(PagerDutyChannel.Parse(section, around))),
        [EmailChannel.Known.Platform] = (EmailChannel.Known, (section, around) => Of(EmailChannel.Parse(section, around))),
        [AlertWebhookChannel.Known.Platform] = (
            AlertWebhookChannel.Known,
            (section, around) => Of(AlertWebhookChannel.Parse(section, around))
        ),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names of the kinds.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Rows.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Whether any kind has a setting of this name.</summary>
    public static bool IsSetting(string name) => Rows.Values.Any(row => row.Known.Names.Contains(name));

    /// <summary>Creates a channel from its settings; null when there is no such kind.</summary>
    public static CreatedChannel? Create(string kind, DestinationSection section, DestinationDependencies dependencies) =>
        Rows.TryGetValue(kind, out var row) ? row.Create(section, dependencies) : null;

    private static CreatedChannel Of<T>(ParsedSettings<T> parsed)
        where T : class, IAlertChannel => new(parsed.Settings, parsed.Errors);
}
