namespace AudienceSync.Connectors.Http;

/// <summary>Where a platform's bodies have their members, so that the record of a call can leave them out.</summary>
/// <param name="Array">The array of the members.</param>
/// <param name="Schema">The array that names the columns of a row; null where a row names its values itself.</param>
/// <param name="NotIdentifiers">Properties and columns of a row that are not about the person.</param>
internal sealed record MemberLayout(string Array, string? Schema = null, params IReadOnlyList<string> NotIdentifiers);
