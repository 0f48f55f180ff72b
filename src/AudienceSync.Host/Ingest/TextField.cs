using System.Text.Json;

namespace AudienceSync.Host.Ingest;

/// <summary>Reads a field that should be text. Numbers are taken as they are written, because templates drop quotes.</summary>
internal static class TextField
{
    /// <param name="fields">The object.</param>
    /// <param name="name">The field.</param>
    /// <param name="maxChars">Longer text is <see cref="IngestProblem.FieldTooLong"/>.</param>
    /// <param name="wrongKind">The refusal for anything but text, number and null.</param>
    /// <param name="text">Trimmed; null when absent, null or empty.</param>
    public static IngestProblem? TryRead(JsonElement fields, ReadOnlySpan<byte> name, int maxChars, IngestProblem wrongKind, out string? text)
    {
        text = null;
        if (!fields.TryGetProperty(name, out var value))
        {
            return null;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                text = value.GetString()!.Trim();
                break;
            case JsonValueKind.Number:
                text = value.GetRawText();
                break;
            default:
                return wrongKind;
        }

        if (text.Length > maxChars)
        {
            text = null;
            return IngestProblem.FieldTooLong;
        }

        text = text.Length == 0 ? null : text;
        return null;
    }
}
