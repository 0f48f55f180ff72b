namespace AudienceSync.Connectors.Http;

/// <summary>Where a platform's bodies have their members, so that the record of a call can leave them out.</summary>
/// <param name="Array">The property with the array of the members; empty when the body itself is the array.</param>
/// <param name="Schema">The array that names the columns of a row; null where a row names its values itself.</param>
/// <param name="NotIdentifiers">Properties and columns of a row that are not about the person.</param>
internal sealed record MemberLayout(string Array, string? Schema = null, params IReadOnlyList<string> NotIdentifiers)
{
    /// <summary>Whether the body is no array and as a whole about one member.</summary>
    public bool IsWhole { get; init; }
}
