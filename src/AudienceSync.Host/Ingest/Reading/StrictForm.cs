using System.Collections.Frozen;
using System.Text.Json;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// The webhook's second schema: it refuses what the first one tolerates, so that a misspelled field is found by the person who wrote it and
/// not by the person who misses its effect. In addition to the first: the person is an object under <c>person</c> and nowhere else, every
/// field is a known one, identifiers are text (a number has already lost its leading zeros), and both an id and <c>occurred_at</c> are
/// present. Whatever passes has the same meaning as in the first schema. A removal is never refused for its form: it is read as in the
/// first schema, and what the second would refuse is a warning.
/// </summary>
internal static class StrictForm
{
    public const int Version = 2;

    private static readonly FrozenSet<string> Fields = Names(
        "schema_version",
        "event",
        "event_id",
        "delivery_id",
        "audience_key",
        "occurred_at",
        "person",
        "consent",
        "context"
    );

    private static readonly FrozenSet<string> SuppressionFields = Names([.. Fields, "destination", "reason"]);

    private static readonly FrozenSet<string> Identifiers = Names("customer_id", "email", "phone");

    private static readonly FrozenSet<string> PersonNames = Names([
        .. Identifiers,
        "first_name",
        "last_name",
        "city",
        "state",
        "postal_code",
        "country",
        "gender",
        "birth_date",
        "device_id",
    ]);

    /// <param name="item">The event.</param>
    /// <param name="isSuppression">Whether it may name a destination and a reason.</param>
    /// <param name="hasId">Whether body or headers gave it an id.</param>
    /// <param name="faults">Receives everything that this schema refuses; faults after the first one matter only for a removal.</param>
    public static IngestProblem? Refusal(JsonElement item, bool isSuppression, bool hasId, ref WarningList faults)
    {
        IngestProblem? first = null;
        var known = isSuppression ? SuppressionFields : Fields;
        foreach (var field in item.EnumerateObject())
        {
            if (!known.Contains(field.Name))
            {
                Add(IngestProblem.UnknownField, WarningList.UnknownField, ref faults, ref first);
            }
        }

        if (!hasId || !item.TryGetProperty("occurred_at"u8, out var at) || at.ValueKind == JsonValueKind.Null)
        {
            Add(IngestProblem.MissingIdOrTime, hasId ? "occurred_at" : "event_id", ref faults, ref first);
        }

        if (!item.TryGetProperty("person"u8, out var person) || person.ValueKind != JsonValueKind.Object)
        {
            Add(IngestProblem.InvalidPerson, "person", ref faults, ref first);
            return first;
        }

        foreach (var field in person.EnumerateObject())
        {
            if (!PersonNames.Contains(field.Name))
            {
                Add(IngestProblem.UnknownField, "person." + WarningList.UnknownField, ref faults, ref first);
            }
            else if (field.Value.ValueKind == JsonValueKind.Number && Identifiers.Contains(field.Name))
            {
                Add(IngestProblem.InvalidPerson, "person." + field.Name, ref faults, ref first);
            }
        }

        return first;
    }

    private static void Add(IngestProblem problem, string field, ref WarningList faults, ref IngestProblem? first)
    {
        first ??= problem;
        faults.Add(problem, field);
    }

    private static FrozenSet<string> Names(params string[] names) => names.ToFrozenSet(StringComparer.Ordinal);
}
