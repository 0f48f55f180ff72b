using System.Text.Json;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// Reads a field that should be text. Numbers are accepted as written, because templates drop quotes. A text that cannot be stored, with
/// half of a surrogate pair or with NUL, invalidates its own field only.
/// </summary>
internal static class TextField
{
    /// <param name="fields">The object.</param>
    /// <param name="name">The field.</param>
    /// <param name="maxChars">Longer text is <see cref="IngestProblem.FieldTooLong"/>.</param>
    /// <param name="wrongKind">The refusal for anything but text, number and null.</param>
    /// <param name="text">Trimmed; null when absent, null, empty or not readable.</param>
    public static IngestProblem? TryRead(
        JsonElement fields,
        ReadOnlySpan<byte> name,
        int maxChars,
        IngestProblem wrongKind,
        out string? text
    )
    {
        text = null;
        return fields.TryGetProperty(name, out var value) ? TryRead(value, maxChars, wrongKind, out text) : null;
    }

    /// <summary>The same for a value that was found.</summary>
    public static IngestProblem? TryRead(JsonElement value, int maxChars, IngestProblem wrongKind, out string? text)
    {
        text = null;
        switch (value.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.String:
                if (!TryText(value, out var written))
                {
                    return IngestProblem.InvalidText;
                }

                text = written.Trim();
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

    /// <summary>The characters of a text as they are. False when the store cannot keep them.</summary>
    public static bool TryText(JsonElement value, out string text)
    {
        try
        {
            text = value.GetString()!;
            return !text.Contains('\0');
        }
        catch (InvalidOperationException)
        {
            // How the JSON reader reports half of a surrogate pair.
            text = "";
            return false;
        }
    }
}
