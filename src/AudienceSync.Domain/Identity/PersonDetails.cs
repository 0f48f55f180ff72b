namespace AudienceSync.Domain.Identity;

/// <summary>
/// What a sender tells of a person beside his addresses, as he wrote it, trimmed; null when he did not. It finds nobody by itself: it
/// only helps a platform to find the person whom an address names.
/// </summary>
/// <param name="FirstName">Given name.</param>
/// <param name="LastName">Family name.</param>
/// <param name="City">Where he lives.</param>
/// <param name="State">Where he lives.</param>
/// <param name="PostalCode">Where he lives.</param>
/// <param name="Country">Where he lives; ISO 3166-1 alpha-2 to be of use.</param>
/// <param name="Gender">As said.</param>
/// <param name="BirthDate">ISO 8601, year first.</param>
/// <param name="DeviceId">The advertising id of his telephone.</param>
public sealed record PersonDetails(
    string? FirstName = null,
    string? LastName = null,
    string? City = null,
    string? State = null,
    string? PostalCode = null,
    string? Country = null,
    string? Gender = null,
    string? BirthDate = null,
    string? DeviceId = null)
{
    /// <summary>Personal data never reaches a log by accident.</summary>
    public override string ToString() => "PersonDetails(***)";
}
