namespace AudienceSync.Host.EventStore;

/// <summary>
/// A schema has migrations that this build does not have: another version made it, a newer one or one from before the baseline. What they
/// changed is not known here, so nothing is applied beside them.
/// </summary>
public sealed class SchemaUnknownException(string schema, IReadOnlyList<string> files)
    : Exception(
        $"Schema {schema} has migrations that this build does not know ({Shown(files)}). Run the build that made it, or a newer one; "
            + "a database of a build from before the first release is created again."
    )
{
    private const int Most = 3;

    private static string Shown(IReadOnlyList<string> files) =>
        string.Join(", ", files.Take(Most)) + (files.Count > Most ? $" and {files.Count - Most} more" : "");
}
