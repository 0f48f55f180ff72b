namespace AudienceSync.Domain.Events;

/// <summary>
/// The identifiers by which a person is reached changed. They are in the vault, under this revision; the event only causes every delivery
/// of the person to be evaluated again. Names and fields are the storage format.
/// </summary>
public sealed record PersonIdentifiersChanged(int Revision) : IStoredEvent;
