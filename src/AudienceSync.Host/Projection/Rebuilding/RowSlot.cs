using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>The state of one anchor in one key, in 32 bytes, because there are millions of them.</summary>
internal struct RowSlot
{
    private long _addedTicks;
    private long _removedTicks;

    /// <summary>The position of the last event that changed it.</summary>
    public long EventPos;

    /// <summary>Whether its row was written.</summary>
    public bool Written;

    public MembershipState State
    {
        readonly get => new(Time(_addedTicks), Time(_removedTicks));
        set => (_addedTicks, _removedTicks) = (value.AddedAt?.UtcTicks ?? 0, value.RemovedAt?.UtcTicks ?? 0);
    }

    private static DateTimeOffset? Time(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
}

/// <summary>Identifies a row by person and key.</summary>
internal readonly record struct RowId(PersonId Person, int KeyId)
{
    public bool Equals(RowId other) => Person.Value == other.Person.Value && KeyId == other.KeyId;

    public override int GetHashCode() => Person.Value.GetHashCode() + (KeyId * 486_187_739);
}
