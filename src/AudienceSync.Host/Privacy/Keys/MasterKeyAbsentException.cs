namespace AudienceSync.Host.Privacy.Keys;

/// <summary>
/// A row is sealed under a master key that this process does not hold: it was started before that version was added. For a sender this is
/// storage that does not respond, so none of the sender's events is set aside as unstorable; a restart with the key resolves it.
/// </summary>
public sealed class MasterKeyAbsentException(short version)
    : InvalidOperationException($"A row is sealed under master key version {version}, which this process does not hold.");
