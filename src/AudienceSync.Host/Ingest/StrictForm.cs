using System.Collections.Frozen;
using System.Text.Json;

namespace AudienceSync.Host.Ingest;

/// <summary>
/// The webhook's second schema: what the first lets pass is refused, so that a misspelt field is found by who wrote it and not by who misses
/// its effect. Beyond the first: the person is an object under <c>person</c> and nowhere else, every field is a known one, identifiers are text
/// (a number has lost its leading zeros already), and both an id and <c>occurred_at</c> are there. What passes means what it means in the first.
/// </summary>
internal static class StrictForm
{
    public const int Version = 2;

    private static readonly FrozenSet<string> Fields =
        new[] { "schema_version", "event", "event_id", "audience_key", "occurred_at", "person", "consent", "context" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> PersonNames = new[]
    {
        "customer_id", "email", "phone", "first_name", "last_name", "city", "state", "postal_code", "country", "gender", "birth_date", "device_id",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <param name="item">The event.</param>
    /// <param name="hasId">Whether body or headers gave it an id.</param>
    public static IngestProblem? Refusal(JsonElement item, bool hasId)
    {
        if (item.EnumerateObject().Any(field => !Fields.Contains(field.Name)))
        {
            return IngestProblem.UnknownField;
        }

        if (!hasId || !item.TryGetProperty("occurred_at"u8, out var at) || at.ValueKind == JsonValueKind.Null)
        {
            return IngestProblem.MissingIdOrTime;
        }

        if (!item.TryGetProperty("person"u8, out var person) || person.ValueKind != JsonValueKind.Object)
        {
            return IngestProblem.InvalidPerson;
        }

        foreach (var field in person.EnumerateObject())
        {
            if (!PersonNames.Contains(field.Name))
            {
                return IngestProblem.UnknownField;
            }

            if (field.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            {
                return IngestProblem.InvalidPerson;
            }
        }

        return null;
    }
}
