namespace AudienceSync.Domain.Events;

/// <summary>A position in a workspace's log. Position order is commit order; gaps have no meaning.</summary>
public readonly record struct Position(long Value) : IComparable<Position>
{
    public static readonly Position Start = new(0);

    public int CompareTo(Position other) => Value.CompareTo(other.Value);

    public static bool operator <(Position left, Position right) => left.Value < right.Value;

    public static bool operator >(Position left, Position right) => left.Value > right.Value;

    public static bool operator <=(Position left, Position right) => left.Value <= right.Value;

    public static bool operator >=(Position left, Position right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
