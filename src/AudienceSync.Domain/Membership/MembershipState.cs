namespace AudienceSync.Domain.Membership;

/// <summary>
/// What the events state about one person and one audience key: the latest add and the latest remove, by the sender's time.
/// <para>
/// Only two maxima are kept, and a maximum does not depend on order or repetition: any permutation and duplication of the same events gives
/// the same state (design section 6, rule 1). Whether the person is present follows from the two, the key's window and the time.
/// </para>
/// </summary>
public readonly record struct MembershipState(DateTimeOffset? AddedAt, DateTimeOffset? RemovedAt)
{
    public static readonly MembershipState Nothing;

    /// <summary>
    /// Folds in one fact. Returns the same state when a later fact of its kind is already known: then the fact is superseded.
    /// </summary>
    public MembershipState Apply(MembershipFact fact) =>
        fact.Kind switch
        {
            FactKind.Added when AddedAt is null || fact.OccurredAt > AddedAt => this with { AddedAt = fact.OccurredAt },
            FactKind.Removed when RemovedAt is null || fact.OccurredAt > RemovedAt => this with { RemovedAt = fact.OccurredAt },
            _ => this,
        };

    /// <summary>The combined state of two anchors of one person.</summary>
    public MembershipState With(MembershipState other) => new(Later(AddedAt, other.AddedAt), Later(RemovedAt, other.RemovedAt));

    /// <summary>Present when the add is later than the remove (a tie is a removal) and its window has not passed.</summary>
    public MembershipStatus StatusAt(TimeSpan? window, DateTimeOffset now)
    {
        if (AddedAt is not { } added || (RemovedAt is { } removed && removed >= added))
        {
            return MembershipStatus.Removed;
        }

        return Until(window) is { } until && until <= now ? MembershipStatus.Expired : MembershipStatus.Present;
    }

    /// <summary>When the latest add expires by itself; null when never, or when there is no add.</summary>
    public DateTimeOffset? Until(TimeSpan? window)
    {
        if (AddedAt is not { } added || window is not { } length)
        {
            return null;
        }

        // Compared as a length: a window may exceed the representable range, and a clock ahead of UTC reaches the end of it before UTC
        // does.
        var utc = added.ToUniversalTime();
        return length >= DateTimeOffset.MaxValue - utc ? DateTimeOffset.MaxValue : utc + length;
    }

    /// <summary>The time from which the status holds: the add, the remove, or the end of the window.</summary>
    public DateTimeOffset Since(TimeSpan? window, DateTimeOffset now) =>
        StatusAt(window, now) switch
        {
            MembershipStatus.Present => AddedAt!.Value,
            MembershipStatus.Expired => Until(window)!.Value,
            _ => RemovedAt ?? DateTimeOffset.MinValue,
        };

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || (other is not null && other > one) ? other : one;
}
