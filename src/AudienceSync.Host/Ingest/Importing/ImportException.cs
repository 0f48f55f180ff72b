using AudienceSync.Host.Configuration;

namespace AudienceSync.Host.Ingest.Importing;

/// <summary>
/// An import cannot start or cannot go on. What was acknowledged before is kept, and the state of the import remembers it.
/// </summary>
/// <param name="code">Stable; docs/errors.md lists it.</param>
/// <param name="message">What to do, in one line, without any content of the file.</param>
public sealed class ImportException(string code, string message) : RefusedException(code, message);
