namespace AudienceSync.Domain.History;

/// <summary>What one hour of a key gains. Added up per hour; any order gives the same sums.</summary>
/// <param name="Adds">People who came in by an add.</param>
/// <param name="Removes">People who went out by a remove.</param>
/// <param name="Expiries">People whose window ends in this hour, as far as is known.</param>
/// <param name="Joined">People fewer (or, less than zero, more) because two turned out to be one (or no longer).</param>
public readonly record struct HourChange(int Adds, int Removes, int Expiries, int Joined)
{
    public bool IsNothing => this == default;

    public static HourChange operator +(HourChange one, HourChange other) =>
        new(one.Adds + other.Adds, one.Removes + other.Removes, one.Expiries + other.Expiries, one.Joined + other.Joined);
}
