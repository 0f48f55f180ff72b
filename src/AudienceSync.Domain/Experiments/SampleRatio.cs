namespace AudienceSync.Domain.Experiments;

/// <summary>
/// Whether the arms of an experiment have the sizes that their shares predict. If they do not, people are lost on the way into one of
/// them, and no lift can be read from the experiment.
/// </summary>
/// <param name="ChiSquare">Of both arms against their shares, with one degree of freedom.</param>
public readonly record struct SampleRatio(double ChiSquare)
{
    /// <summary>Chance alone exceeds it once in a hundred experiments.</summary>
    public const double Critical = 6.635;

    /// <summary>Whether the sizes do not fit the shares.</summary>
    public bool IsMismatch => ChiSquare > Critical;

    /// <summary>Compares sizes with shares; 0 when nobody is in any arm.</summary>
    /// <param name="treatment">People in the treatment arm.</param>
    /// <param name="holdout">People who are held out.</param>
    /// <param name="holdoutShare">Parts of <see cref="ArmRule.Buckets"/> that are to be held out.</param>
    public static SampleRatio Of(long treatment, long holdout, int holdoutShare)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(treatment);
        ArgumentOutOfRangeException.ThrowIfNegative(holdout);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(holdoutShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(holdoutShare, ArmRule.Buckets);
        var people = (double)treatment + holdout;
        if (people == 0)
        {
            return default;
        }

        var expected = people * holdoutShare / ArmRule.Buckets;
        var difference = holdout - expected;
        return new SampleRatio((difference * difference / expected) + (difference * difference / (people - expected)));
    }
}
