namespace AudienceSync.Domain.Permission;

/// <summary>
/// The latest yes and the latest no to one question, by the sender's time. As in a membership, only two maxima are kept, so that neither
/// order nor repetition changes the answer; on a tie the no counts.
/// </summary>
public readonly record struct YesNo(DateTimeOffset? YesAt, DateTimeOffset? NoAt)
{
    public bool IsNo => NoAt is { } no && (YesAt is not { } yes || no >= yes);

    public bool IsYes => YesAt is not null && !IsNo;

    public YesNo Apply(bool yes, DateTimeOffset at) => yes ? this with { YesAt = Later(YesAt, at) } : this with { NoAt = Later(NoAt, at) };

    public YesNo With(YesNo other) => new(Later(YesAt, other.YesAt), Later(NoAt, other.NoAt));

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null || (other is not null && other > one) ? other : one;
}
