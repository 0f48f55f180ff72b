using System.Text.Json;
using AudienceSync.Domain.Experiments;

namespace AudienceSync.Domain.Events;

/// <summary>The terms of an experiment in a stored event, in both directions.</summary>
internal static class ExperimentJson
{
    public static void Write(Utf8JsonWriter json, ExperimentTerms terms)
    {
        json.WriteString("experiment"u8, terms.Name);
        json.WriteString("salt"u8, terms.Salt);
        json.WriteNumber("treatmentShare"u8, terms.TreatmentShare);
        json.WriteNumber("holdoutShare"u8, terms.HoldoutShare);
        if (terms.StartsAt is { } start)
        {
            json.WriteString("startsAt"u8, start.UtcDateTime);
        }

        if (terms.EndsAt is { } end)
        {
            json.WriteString("endsAt"u8, end.UtcDateTime);
        }
    }

    public static ExperimentTerms Read(JsonElement data) =>
        new(
            data.GetProperty("experiment").GetString()!,
            data.GetProperty("salt").GetString()!,
            data.GetProperty("treatmentShare").GetInt32(),
            data.GetProperty("holdoutShare").GetInt32(),
            Time(data, "startsAt"),
            Time(data, "endsAt")
        );

    private static DateTimeOffset? Time(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) ? value.GetDateTimeOffset() : null;
}
