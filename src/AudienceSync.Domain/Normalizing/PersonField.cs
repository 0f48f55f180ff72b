namespace AudienceSync.Domain.Normalizing;

/// <summary>What a platform can be told of a person: one cell of its upload.</summary>
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

    /// <summary>Where he lives, ISO 3166-1 alpha-2.</summary>
    Country = 8,
    Gender = 9,
    BirthYear = 10,
    BirthMonth = 11,
    BirthDay = 12,

    /// <summary>The advertising id of his telephone: IDFA or AAID.</summary>
    DeviceId = 13,

    /// <summary>The sender's own id of him.</summary>
    ExternalId = 14,
}
