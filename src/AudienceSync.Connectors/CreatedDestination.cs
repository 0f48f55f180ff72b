using AudienceSync.Connectors.Sections;

namespace AudienceSync.Connectors;

/// <summary>A destination, or every reason why it cannot be created as configured.</summary>
/// <param name="Destination">Null when there are errors.</param>
/// <param name="Errors">In the order in which they are to be corrected.</param>
public sealed record CreatedDestination(IDestination? Destination, IReadOnlyList<SettingError> Errors);
