using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>What a commit did with one item of a request: with an event, or with an entry for the quarantine.</summary>
public enum ItemOutcome : byte
{
    /// <summary>The event is in the log, by this request.</summary>
    Appended = 1,

    /// <summary>
    /// The log already had an event with this id, or the commit has it from another item. Whether it is a retry or the id was reused is
    /// compared, and counted, by the same commit; the sender receives the same receipt.
    /// </summary>
    Duplicate,

    /// <summary>The event was left out: its strongest identifier is sent with too many others (<see cref="LinkLimit"/>).</summary>
    Unlinkable,

    /// <summary>It names an erased person: nothing of it was kept.</summary>
    PersonErased,

    /// <summary>The entry is in quarantine.</summary>
    Quarantined,
}
