namespace AudienceSync.Connectors.Sections;

/// <summary>A platform's settings, or every reason why there are none.</summary>
/// <param name="Settings">Null when there are errors.</param>
/// <param name="Errors">In the order in which they are to be corrected.</param>
public sealed record ParsedSettings<T>(T? Settings, IReadOnlyList<SettingError> Errors)
    where T : class;
