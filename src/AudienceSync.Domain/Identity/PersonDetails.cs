namespace AudienceSync.Domain.Identity;

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
