using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Normalizing;

/// <summary>
/// Writes the normal form of a plain text into at least <see cref="Normalizer.MaxChars"/> characters. Country is the one by which the kind
/// is read: the default country for a phone, the country of residence for a state or postal code; empty when it is not known.
/// </summary>
public delegate Cell WriteNormal(ReadOnlySpan<char> raw, string country, Span<char> into);

/// <summary>How one platform handles one kind of identifier, under one version.</summary>
/// <param name="Field">The kind.</param>
/// <param name="Form">Whether the platform expects it hashed.</param>
/// <param name="Description">The rule for people; docs/normalizers.md prints it.</param>
/// <param name="Example">An input that the page shows, with its normal form.</param>
/// <param name="Write">The rule itself.</param>
public sealed record NormalizerRule(PersonField Field, CellForm Form, string Description, string Example, WriteNormal Write)
{
    /// <summary>The country by which <see cref="Example"/> is read.</summary>
    public string ExampleCountry { get; init; } = "";

    /// <summary>Digests made by the sender that this platform accepts in this cell.</summary>
    public HashedFields TakesHashed { get; init; }
}
