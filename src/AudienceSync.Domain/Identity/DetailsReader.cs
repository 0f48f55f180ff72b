namespace AudienceSync.Domain.Identity;

/// <summary>The details of a person without absent values: empty text and placeholders.</summary>
internal static class DetailsReader
{
    private static readonly PersonDetails Nothing = new();

    public static PersonDetails? Read(PersonDetails? details, Placeholders placeholders, ref List<FieldFault>? faults)
    {
        if (details is null)
        {
            return null;
        }

        var read = new PersonDetails
        {
            FirstName = Detail("first_name", details.FirstName, placeholders, ref faults),
            LastName = Detail("last_name", details.LastName, placeholders, ref faults),
            City = Detail("city", details.City, placeholders, ref faults),
            State = Detail("state", details.State, placeholders, ref faults),
            PostalCode = Detail("postal_code", details.PostalCode, placeholders, ref faults),
            Country = Detail("country", details.Country, placeholders, ref faults),
            Gender = Detail("gender", details.Gender, placeholders, ref faults),
            BirthDate = Detail("birth_date", details.BirthDate, placeholders, ref faults),
            DeviceId = Device(details.DeviceId, placeholders, ref faults),
        };
        return read == Nothing ? null : read;
    }

    private static string? Device(string? raw, Placeholders placeholders, ref List<FieldFault>? faults)
    {
        var text = Trimmed(raw);
        if (text is null || !placeholders.IsIdentifier(text))
        {
            return text;
        }

        IdentifierReader.Add("device_id", IdentifierFault.Placeholder, ref faults);
        return null;
    }

    private static string? Detail(string field, string? raw, Placeholders placeholders, ref List<FieldFault>? faults)
    {
        var text = Trimmed(raw);
        if (text is null || !placeholders.IsDetail(text))
        {
            return text;
        }

        IdentifierReader.Add(field, IdentifierFault.Placeholder, ref faults);
        return null;
    }

    private static string? Trimmed(string? raw) => raw?.Trim() is { Length: > 0 } text ? text : null;
}
