namespace AudienceSync.Host.Storage.Log;

/// <summary>Something about an event that could not be read as it was sent, and without which the event holds.</summary>
/// <param name="Code">A stable code, listed in docs/errors.md.</param>
/// <param name="Field">The path of the field, by names of ours only: a name that the sender made up may be personal data.</param>
public readonly record struct EventWarning(string Code, string Field);
