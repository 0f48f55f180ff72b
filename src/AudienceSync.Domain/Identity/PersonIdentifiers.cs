namespace AudienceSync.Domain.Identity;

/// <summary>
/// The addresses of one person as the sender wrote them, trimmed. They are kept raw because a normaliser may change its version
/// and must then be run again over what was really sent. <paramref name="Country"/> is the source's default country
/// (ISO 3166-1 alpha-2), by which a national phone number is read.
/// </summary>
public sealed record PersonIdentifiers(string? CustomerId, string? Email, string? Phone, string Country)
{
    /// <summary>Name, place and the rest; null when nothing of it was said.</summary>
    public PersonDetails? Details { get; init; }

    /// <summary>Which of the addresses are digests already, and in which form.</summary>
    public HashedFields Hashed { get; init; }

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "PersonIdentifiers(***)";
}
