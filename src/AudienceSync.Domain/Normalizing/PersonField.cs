namespace AudienceSync.Domain.Normalizing;

/// <summary>A fact about a person that a platform accepts: one cell of its upload.</summary>
public enum PersonField
{
    Email = 0,
    Phone = 1,
    FirstName = 2,

    /// <summary>The first letter of the first name.</summary>
    FirstInitial = 3,
    LastName = 4,
    City = 5,
    State = 6,
    PostalCode = 7,

    /// <summary>Country of residence, ISO 3166-1 alpha-2.</summary>
    Country = 8,
    Gender = 9,
    BirthYear = 10,
    BirthMonth = 11,
    BirthDay = 12,

    /// <summary>The advertising id of the person's phone: IDFA or AAID.</summary>
    DeviceId = 13,

    /// <summary>The sender's own id of the person.</summary>
    ExternalId = 14,
}
