namespace AudienceSync.Domain.History;

/// <summary>The change of a key within one hour. Changes are added up per hour; any order gives the same sums.</summary>
/// <param name="Adds">People who entered by an add.</param>
/// <param name="Removes">People who left by a remove.</param>
/// <param name="Expiries">People whose window ends in this hour, as far as is known.</param>
/// <param name="Joined">The decrease in people (an increase when negative) because two were found to be one (or no longer are).</param>
public readonly record struct HourChange(int Adds, int Removes, int Expiries, int Joined)
{
    public bool IsNothing => this == default;

    public static HourChange operator +(HourChange one, HourChange other) =>
        new(one.Adds + other.Adds, one.Removes + other.Removes, one.Expiries + other.Expiries, one.Joined + other.Joined);
}
