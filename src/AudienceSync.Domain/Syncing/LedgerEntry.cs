using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Domain.Syncing;

/// <summary>
/// What was delivered, or attempted: with which identifier revision, which normalizer and which of the identifiers, because it can be
/// removed only by these.
/// </summary>
public readonly record struct LedgerEntry(LedgerStatus Status, int Revision, NormalizerVersion Normalizer)
{
    public static readonly LedgerEntry Absent;

    /// <summary>The identifiers of the revision that were left out, because the key that fed the binding does not match by them.</summary>
    public MatchKeys Omitted { get; init; }
}

/// <summary>
/// The known state of a person at a remote audience. The numbers are stored; never renumber.
/// <para>
/// <see cref="Adding"/> and <see cref="Removing"/> are written before the call. A crash or a timeout between the call and its
/// answer leaves them in place, and they mean "the member may or may not be there": whatever is desired then has to be sent again, in both
/// directions. Without them a lost answer to an add would let a later removal be skipped, and a buyer would see ads permanently.
/// </para>
/// </summary>
public enum LedgerStatus : short
{
    /// <summary>Not there, as far as our calls are concerned.</summary>
    Absent = 0,
    Adding = 1,
    Delivered = 2,
    Removing = 3,

    /// <summary>The platform refused this revision of the member by name.</summary>
    Rejected = 4,

    /// <summary>No identifier of this revision can be used at this platform; never sent.</summary>
    Invalid = 5,
}
