namespace AudienceSync.Domain.Syncing;

/// <summary>
/// What we know of a person at a remote audience. The numbers are stored; never renumber.
/// <para>
/// <see cref="Adding"/> and <see cref="Removing"/> are written before the call leaves. A crash or a time-out between the call and its
/// answer leaves them standing, and they mean "he may or may not be there": whatever is wanted then has to be said again, both ways.
/// Without them a lost answer to an add would let a later removal be skipped, and a buyer would see ads for ever.
/// </para>
/// </summary>
public enum LedgerStatus : short
{
    /// <summary>Not there, as far as we ever caused.</summary>
    Absent = 0,
    Adding = 1,
    Delivered = 2,
    Removing = 3,

    /// <summary>The platform refused this revision of him by name.</summary>
    Rejected = 4,

    /// <summary>No identifier of this revision can be used at this platform; never sent.</summary>
    Invalid = 5,
}
