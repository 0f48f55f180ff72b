using AudienceSync.Connectors.Sections;

namespace AudienceSync.Connectors.Alerts;

/// <summary>Reads settings that channels have in common.</summary>
internal static class ChannelSettings
{
    /// <summary>A URL that is a secret as a whole.</summary>
    public static Setting<Secret?> SecretUrl(this DestinationSection section, string name) =>
        section
            .Secret(name)
            .Must(given => given is not null, $"missing_{name}", $"{name} is required: {{ file: NAME }} or {{ env: NAME }}.")
            .Must(
                given => Uri.TryCreate(given!.Reveal(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https",
                $"invalid_{name}",
                $"{name}: the secret must be an address with http:// or https://"
            );

    /// <summary>An error when an address is set where the whole URL is the setting.</summary>
    public static SettingError? NoBaseUrl(this DestinationSection section) =>
        section.Settings.ContainsKey(SectionReading.BaseUrl)
            ? new SettingError(SectionReading.BaseUrl, "foreign_setting", "base_url is not a setting of this channel.")
            : null;
}
