using System.Globalization;
using AudienceSync.Connectors;
using AudienceSync.Connectors.Sections;

namespace AudienceSync.Sections;

/// <summary>Sections of destinations as the configuration would contain them, from values.</summary>
internal static class Section
{
    public static DestinationSection Of(string account, params (string Name, object? Value)[] settings) =>
        settings.Aggregate(
            new DestinationSection(account, new Dictionary<string, SettingValue>()),
            (section, setting) => section.With(setting.Name, setting.Value)
        );

    /// <summary>The section with a setting; null removes it.</summary>
    public static DestinationSection With(this DestinationSection section, string name, object? value)
    {
        var settings = section
            .Settings.Where(setting => setting.Key != name)
            .ToDictionary(setting => setting.Key, setting => setting.Value);
        if (value is not null)
        {
            settings.Add(name, ValueOf(value));
        }

        return section with
        {
            Settings = settings,
        };
    }

    private static SettingValue ValueOf(object value) =>
        value switch
        {
            SettingValue read => read,
            Secret secret => SettingValue.Of(new SecretDocument(secret.Reveal())),
            SecretDocument secret => SettingValue.Of(secret),
            _ => SettingValue.Of(Convert.ToString(value, CultureInfo.InvariantCulture)!),
        };
}
