namespace AudienceSync.Domain.Events;

/// <summary>
/// A person is now reached by other identifiers than before. The identifiers are in the vault, under this revision; the event only makes
/// every delivery of him be looked at again. Names and fields are the storage format.
/// </summary>
public sealed record PersonIdentifiersChanged(int Revision) : IStoredEvent;
