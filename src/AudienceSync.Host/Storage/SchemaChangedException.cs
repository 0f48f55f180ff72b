namespace AudienceSync.Host.Storage;

/// <summary>A migration that was already applied reads differently in this program: two builds disagree about the schema.</summary>
public sealed class SchemaChangedException(string schema, string file)
    : Exception($"Schema {schema}: the applied migration {file} differs from the one in this program. Restore the file; a change is a new file.");
