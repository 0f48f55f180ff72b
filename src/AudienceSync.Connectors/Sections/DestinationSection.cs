namespace AudienceSync.Connectors.Sections;

/// <summary>A destination as configured. Its platform reads the settings, and refuses those that it does not have.</summary>
/// <param name="Account">The ad account at the platform, e.g. <c>act_1001</c>.</param>
/// <param name="Settings">The other settings, by their names in the configuration; one that was left empty is absent.</param>
public sealed record DestinationSection(string Account, IReadOnlyDictionary<string, SettingValue> Settings);
