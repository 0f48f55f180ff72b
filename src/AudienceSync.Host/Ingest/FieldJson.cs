using System.Text.Json;
using AudienceSync.Domain.Decisions;

namespace AudienceSync.Host.Ingest;

/// <summary>Writes named values as properties of a JSON object.</summary>
internal static class FieldJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<NamedValue> fields)
    {
        foreach (var (name, value) in fields)
        {
            switch (value.Kind)
            {
                case FieldKind.Boolean:
                    json.WriteBoolean(name, value.Number != 0);
                    break;
                case FieldKind.Number:
                    json.WriteNumber(name, value.Number);
                    break;
                case FieldKind.Text:
                    json.WriteString(name, value.Text);
                    break;
                default:
                    json.WriteNull(name);
                    break;
            }
        }
    }
}
