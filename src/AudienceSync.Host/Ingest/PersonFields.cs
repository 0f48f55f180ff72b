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
    public static IngestProblem? TryRead(JsonElement item, string country, out PersonIdentifiers identifiers)
    {
        identifiers = new PersonIdentifiers(null, null, null, country);
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
        identifiers = new PersonIdentifiers(customerId, email, phone, country);
        return problem ?? wrongEmail ?? wrongPhone;
    }
}
