using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Normalizing;

/// <summary>Finds a field in the identifiers and details of a person.</summary>
public static class FieldText
{
    /// <summary>Whether the person has such a value at all; it may still normalize to nothing.</summary>
    public static bool IsGiven(PersonIdentifiers person, PersonField field) => !string.IsNullOrWhiteSpace(Raw(person, field));

    /// <summary>The input of a rule: emails and phones in canonical form, everything else as it was sent.</summary>
    internal static string? Input(PersonIdentifiers person, PersonField field) =>
        field switch
        {
            PersonField.Email => person.CanonicalEmail,
            PersonField.Phone => person.CanonicalPhone,
            _ => Raw(person, field),
        };

    /// <summary>Why there is a text but no canonical form of it.</summary>
    internal static CellReason ReasonOf(PersonIdentifiers person, PersonField field) =>
        string.IsNullOrWhiteSpace(Raw(person, field))
            ? CellReason.Absent
            : (
                field == PersonField.Email ? person.EmailFault
                : field == PersonField.Phone ? person.PhoneFault
                : IdentifierFault.None
            ) switch
            {
                IdentifierFault.WhiteSpace => CellReason.WhiteSpace,
                IdentifierFault.SeveralAddresses or IdentifierFault.SeveralNumbers => CellReason.Several,
                IdentifierFault.NoDottedDomain or IdentifierFault.InvalidDomain => CellReason.InvalidDomain,
                IdentifierFault.NotADigest => CellReason.NotADigest,
                IdentifierFault.UndeclaredDigest => CellReason.UndeclaredDigest,
                IdentifierFault.TooLong => CellReason.TooLong,
                IdentifierFault.Placeholder => CellReason.Nobody,
                >= IdentifierFault.NoCountry => CellReason.ImpossibleNumber,
                _ => CellReason.Malformed,
            };

    internal static string? Raw(PersonIdentifiers person, PersonField field) =>
        field switch
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
    /// A state or postal code is read by the person's country of residence, and not by the source's country: where someone shops does not
    /// determine where they live. A phone number contains its country.
    /// </summary>
    internal static string CountryOf(PersonIdentifiers person, PersonField field) =>
        field switch
        {
            PersonField.State or PersonField.PostalCode => person.Details?.Country ?? "",
            _ => "",
        };

    internal static HashedFields HashedFormsOf(PersonField field) =>
        field switch
        {
            PersonField.Email => HashedFields.EmailSha256,
            PersonField.Phone => HashedFields.PhoneSha256Digits | HashedFields.PhoneSha256E164,
            _ => HashedFields.None,
        };
}
