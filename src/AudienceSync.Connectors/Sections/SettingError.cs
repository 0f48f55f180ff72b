namespace AudienceSync.Connectors.Sections;

/// <summary>Why a destination cannot be created as configured.</summary>
/// <param name="Field">The setting that is wrong or missing.</param>
/// <param name="Code">Stable, for people and tests.</param>
/// <param name="Text">What to write instead. Never contains a value.</param>
public sealed record SettingError(string Field, string Code, string Text);
