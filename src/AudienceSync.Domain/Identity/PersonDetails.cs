namespace AudienceSync.Domain.Identity;

/// <summary>
/// What a sender tells of a person beside his addresses, as he wrote it, trimmed; null when he did not. It finds nobody by itself: it
/// only helps a platform to find the person whom an address names.
/// </summary>
public sealed record PersonDetails
{
    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? City { get; init; }

    public string? State { get; init; }

    public string? PostalCode { get; init; }

    /// <summary>Where he lives; ISO 3166-1 alpha-2 to be of use.</summary>
    public string? Country { get; init; }

    public string? Gender { get; init; }

    /// <summary>ISO 8601, year first.</summary>
    public string? BirthDate { get; init; }

    /// <summary>The advertising id of his telephone.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "PersonDetails(***)";
}
