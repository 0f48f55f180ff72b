namespace AudienceSync.Host.Storage.Log;

/// <summary>A part of an event that could not be read as it was sent, and that the event does not need.</summary>
/// <param name="Code">A stable code, listed in docs/errors.md.</param>
/// <param name="Field">The path of the field, with known names only: a name that the sender made up may be personal data.</param>
public readonly record struct EventWarning(string Code, string Field);
