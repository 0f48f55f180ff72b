using System.Text;
using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Experiments;

/// <summary>An experiment as it is declared. Nothing of it ever changes: other terms are another experiment.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Salt">What is hashed with the person; the same salt and share on two audiences hold out the same people.</param>
/// <param name="TreatmentShare">Parts of <see cref="ArmRule.Buckets"/> that are sent.</param>
/// <param name="HoldoutShare">Parts of it that are held out.</param>
/// <param name="StartsAt">When it starts; null for at once. A time that has passed is at once, too.</param>
/// <param name="EndsAt">When it ends by itself; null for never.</param>
public sealed record ExperimentTerms(
    string Name,
    string Salt,
    int TreatmentShare,
    int HoldoutShare,
    DateTimeOffset? StartsAt,
    DateTimeOffset? EndsAt
)
{
    /// <summary>Bytes that a salt may have at most, in UTF-8.</summary>
    public const int SaltBytes = 100;

    private const int NameChars = 100;

    /// <summary>Whether it can be declared.</summary>
    public bool IsValid =>
        Name is { Length: > 0 and <= NameChars }
        && AudienceKey.IsName(Name)
        && Salt is { Length: > 0 }
        && OperatorNote.FitsIn(Salt, SaltBytes)
        && Encoding.UTF8.GetByteCount(Salt) <= SaltBytes
        && TreatmentShare > 0
        && HoldoutShare > 0
        && TreatmentShare + HoldoutShare == ArmRule.Buckets
        && !(EndsAt <= StartsAt);

    /// <summary>Whether both can be on one audience: one ends before the other starts.</summary>
    public bool IsApartFrom(ExperimentTerms other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return EndsAt <= other.StartsAt || other.EndsAt <= StartsAt;
    }
}
