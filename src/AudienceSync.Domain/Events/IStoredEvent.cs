namespace AudienceSync.Domain.Events;

/// <summary>
/// An event of the log. The records that implement it are the storage format: their alias and property names are stored permanently, in
/// Marten's form (contracts/marten-layout.md, Naming). A change that is incompatible with old rows is a new record.
/// </summary>
public interface IStoredEvent;
