using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// Reads who an event speaks of: the object <c>person</c>, or the same fields flat. Empty text is what an empty template value leaves, so it
/// counts as absent. In the object, <c>id</c> is another name for <c>customer_id</c>, as journey tools write it.
/// </summary>
internal static class PersonFields
{
    private static readonly PersonDetails Nothing = new();

    public static IngestProblem? TryRead(JsonElement item, Source source, out PersonIdentifiers identifiers)
    {
        var problem = TryReadPerson(item, source, out var reading);
        identifiers = reading.Identifiers;
        return problem;
    }

    /// <summary>As above, with the faults of the fields that are not used.</summary>
    public static IngestProblem? TryReadPerson(JsonElement item, Source source, out PersonReading reading)
    {
        reading = new PersonReading(new PersonIdentifiers(null, null, null, source.DefaultCountry), []);
        var nested = item.TryGetProperty("person"u8, out var person) && person.ValueKind != JsonValueKind.Null;
        if (nested && person.ValueKind != JsonValueKind.Object)
        {
            return IngestProblem.InvalidPerson;
        }

        var fields = nested ? person : item;
        var problem = TextField.TryRead(fields, "customer_id"u8, Limits.CustomerIdChars, IngestProblem.InvalidPerson, out var customerId);
        if (nested && problem is null && customerId is null)
        {
            problem = TextField.TryRead(fields, "id"u8, Limits.CustomerIdChars, IngestProblem.InvalidPerson, out customerId);
        }

        var wrongEmail = TextField.TryRead(fields, "email"u8, Limits.EmailChars, IngestProblem.InvalidPerson, out var email);
        var wrongPhone = TextField.TryRead(fields, "phone"u8, Limits.PhoneChars, IngestProblem.InvalidPerson, out var phone);
        var wrongDetail = TryDetails(fields, out var details);
        reading = IdentifierReader.Read(new PersonTexts(customerId, email, phone) { Details = details, Hashed = source.Hashed }, source.Rules);
        return problem ?? wrongEmail ?? wrongPhone ?? wrongDetail;
    }

    private static IngestProblem? TryDetails(JsonElement fields, out PersonDetails? details)
    {
        IngestProblem? problem = null;
        var read = new PersonDetails
        {
            FirstName = Detail(fields, "first_name"u8, ref problem),
            LastName = Detail(fields, "last_name"u8, ref problem),
            City = Detail(fields, "city"u8, ref problem),
            State = Detail(fields, "state"u8, ref problem),
            PostalCode = Detail(fields, "postal_code"u8, ref problem),
            Country = Detail(fields, "country"u8, ref problem),
            Gender = Detail(fields, "gender"u8, ref problem),
            BirthDate = Detail(fields, "birth_date"u8, ref problem),
            DeviceId = Detail(fields, "device_id"u8, ref problem),
        };
        details = read == Nothing ? null : read;
        return problem;
    }

    private static string? Detail(JsonElement fields, ReadOnlySpan<byte> name, ref IngestProblem? problem)
    {
        problem = TextField.TryRead(fields, name, Limits.DetailChars, IngestProblem.InvalidPerson, out var text) ?? problem;
        return text;
    }
}
