using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Host.Ingest.Reading;

namespace AudienceSync.Host.Ingest.Bodies;

/// <summary>
/// Every text of a body that may be an identifier, at any depth. A form is read as the JSON it stands for; a body that is neither is split
/// into words.
/// </summary>
internal static class BodyTexts
{
    private static readonly char[] Ends = ['"', '\'', ',', ';', '{', '}', '[', ']', '<', '>', '&', '=', '\\', ' ', '\t', '\r', '\n'];

    /// <summary>Returned one after the other, so that a caller that has found enough reads no further.</summary>
    public static IEnumerable<string> Of(ReadOnlyMemory<byte> body)
    {
        var document = TryParse(body, out var isForm);
        var texts =
            document is null ? TextRuns(body)
            : isForm ? Values(document).Concat(TextRuns(body))
            : Values(document);
        return texts.Where(text => text.Length is > 0 and <= Limits.EmailChars);
    }

    // For a form this is a copy of the JSON it stands for, which outlives this call with its document. Any text at all is a form of one
    // field without a value, so the words of a form count, too.
    private static JsonDocument? TryParse(ReadOnlyMemory<byte> body, out bool isForm)
    {
        using var kept = BodyJson.Reopen(body.Span);
        isForm = body.Length != kept.Json.Length || !body.Span.SequenceEqual(kept.Json.Span);
        try
        {
            return JsonDocument.Parse(kept.Json.ToArray());
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Values(JsonDocument document)
    {
        using (document)
        {
            foreach (var text in Values(document.RootElement))
            {
                yield return text;
            }
        }
    }

    private static IEnumerable<string> Values(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().SelectMany(field => Values(field.Value)),
            JsonValueKind.Array => value.EnumerateArray().SelectMany(Values),
            JsonValueKind.String => TryText(value) is { } text ? [text] : TextRuns(JsonMarshal.GetRawUtf8Value(value).ToArray()),
            JsonValueKind.Number => [value.GetRawText()],
            _ => [],
        };

    // Half a surrogate pair, or bytes that are not UTF-8, are not text; what is around them may be.
    private static string? TryText(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // As it is and unescaped: what is not JSON may be a form that could not be read.
    private static IEnumerable<string> TextRuns(ReadOnlyMemory<byte> body)
    {
        var text = Encoding.UTF8.GetString(body.Span);
        return Split(text).Concat(Split(Uri.UnescapeDataString(text.Replace('+', ' ')))).Distinct(StringComparer.Ordinal);
    }

    private static string[] Split(string text) => text.Split(Ends, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
