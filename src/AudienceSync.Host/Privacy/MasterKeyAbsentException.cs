namespace AudienceSync.Host.Privacy;

/// <summary>
/// A row is sealed under a master key that this process does not hold: it was started before that version was added. To a sender this is
/// storage that does not answer, so nothing of his is set aside as unstorable; a restart with the key mends it.
/// </summary>
public sealed class MasterKeyAbsentException(short version)
    : InvalidOperationException($"A row is sealed under master key version {version}, which this process does not hold.");
