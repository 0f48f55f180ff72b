using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Normalising;

/// <summary>Where a field stands in what a sender told us.</summary>
public static class FieldText
{
    /// <summary>Whether the person has such a thing at all; it may still normalise to nothing.</summary>
    public static bool IsGiven(PersonIdentifiers person, PersonField field) => !string.IsNullOrWhiteSpace(Raw(person, field));

    internal static string? Raw(PersonIdentifiers person, PersonField field) => field switch
    {
        PersonField.Email => person.Email,
        PersonField.Phone => person.Phone,
        PersonField.ExternalId => person.CustomerId,
        PersonField.FirstName or PersonField.FirstInitial => person.Details?.FirstName,
        PersonField.LastName => person.Details?.LastName,
        PersonField.City => person.Details?.City,
        PersonField.State => person.Details?.State,
        PersonField.PostalCode => person.Details?.PostalCode,
        PersonField.Country => person.Details?.Country,
        PersonField.Gender => person.Details?.Gender,
        PersonField.BirthYear or PersonField.BirthMonth or PersonField.BirthDay => person.Details?.BirthDate,
        PersonField.DeviceId => person.Details?.DeviceId,
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, "No such field."),
    };

    /// <summary>
    /// A phone is read by the country the source calls its own. A state or postal code is read by the country the person lives in, and
    /// not by the source's: where somebody shops is no statement about where he lives.
    /// </summary>
    internal static string CountryOf(PersonIdentifiers person, PersonField field) => field switch
    {
        PersonField.Phone => person.Country,
        PersonField.State or PersonField.PostalCode => person.Details?.Country ?? "",
        _ => "",
    };

    internal static HashedFields HashedFormsOf(PersonField field) => field switch
    {
        PersonField.Email => HashedFields.EmailSha256,
        PersonField.Phone => HashedFields.PhoneSha256Digits | HashedFields.PhoneSha256E164,
        _ => HashedFields.None,
    };
}
