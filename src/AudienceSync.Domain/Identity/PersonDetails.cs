namespace AudienceSync.Domain.Identity;

/// <summary>
/// What a sender states about a person beside the addresses, as sent, trimmed; null where nothing was sent. Details do not identify a
/// person by themselves: they only help a platform to match the person named by an address.
/// </summary>
public sealed record PersonDetails
{
    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? City { get; init; }

    public string? State { get; init; }

    public string? PostalCode { get; init; }

    /// <summary>Country of residence; usable only as ISO 3166-1 alpha-2.</summary>
    public string? Country { get; init; }

    public string? Gender { get; init; }

    /// <summary>ISO 8601, year first.</summary>
    public string? BirthDate { get; init; }

    /// <summary>The advertising id of the person's phone.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Keeps personal data out of logs.</summary>
    public override string ToString() => "PersonDetails(***)";
}
