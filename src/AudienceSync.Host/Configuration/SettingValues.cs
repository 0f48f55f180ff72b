using System.Globalization;
using AudienceSync.Connectors.Sections;

namespace AudienceSync.Host.Configuration;

/// <summary>Settings as YAML has them, before the platform or service that they are for reads them.</summary>
internal static class SettingValues
{
    /// <summary>Null for what is left empty, which counts as absent.</summary>
    public static SettingValue? Of(object? value) =>
        value switch
        {
            null => null,
            IDictionary<object, object?> parts => SettingValue.Of(
                parts
                    .Select(part => (Name: TextOf(part.Key), Value: Of(part.Value)))
                    .Where(part => part.Value is not null)
                    .ToDictionary(part => part.Name, part => part.Value!, StringComparer.Ordinal)
            ),
            IEnumerable<object?> items => SettingValue.Of(items.Select(item => Of(item) ?? SettingValue.Of("")).ToList()),
            _ => SettingValue.Of(TextOf(value)),
        };

    private static string TextOf(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
