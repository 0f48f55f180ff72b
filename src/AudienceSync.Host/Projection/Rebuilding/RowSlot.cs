using AudienceSync.Domain.Membership;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>The state of one anchor in one key, in 32 bytes, because there are millions of them.</summary>
internal struct RowSlot
{
    private long _addedTicks;
    private long _removedTicks;
    private long _eventPos;

    /// <summary>Whether its row was written.</summary>
    public bool Written;

    public AnchorState Own
    {
        readonly get => new(new MembershipState(Time(_addedTicks), Time(_removedTicks)), _eventPos);
        set =>
            (_addedTicks, _removedTicks, _eventPos) = (
                value.State.AddedAt?.UtcTicks ?? 0,
                value.State.RemovedAt?.UtcTicks ?? 0,
                value.EventPos
            );
    }

    private static DateTimeOffset? Time(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
}
