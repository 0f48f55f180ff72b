namespace AudienceSync.Host.EventStore;

/// <summary>The content of an applied migration differs in this build: two builds disagree about the schema.</summary>
public sealed class SchemaChangedException(string schema, string file)
    : Exception($"Schema {schema}: the applied migration {file} differs from this build's. Restore the file; add changes as a new file.");
