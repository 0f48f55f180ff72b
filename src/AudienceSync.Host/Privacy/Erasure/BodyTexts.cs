using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using AudienceSync.Domain;

namespace AudienceSync.Host.Privacy.Erasure;

/// <summary>Every text of a body that may be an identifier, wherever it stands. A body that is no JSON is taken apart word by word.</summary>
internal static class BodyTexts
{
    private static readonly char[] Ends = ['"', '\'', ',', ';', '{', '}', '[', ']', '<', '>', '&', '=', '\\', ' ', '\t', '\r', '\n'];

    /// <summary>One after the other, so that who has seen enough reads no further.</summary>
    public static IEnumerable<string> Of(ReadOnlyMemory<byte> body)
    {
        JsonDocument? document;
        try
        {
            document = JsonDocument.Parse(body);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            document = null;
        }

        return (document is null ? Words(body) : Values(document)).Where(text => text.Length is > 0 and <= Limits.EmailChars);
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

    private static IEnumerable<string> Values(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(field => Values(field.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Values),
        JsonValueKind.String => TryText(value) is { } text ? [text] : Words(JsonMarshal.GetRawUtf8Value(value).ToArray()),
        JsonValueKind.Number => [value.GetRawText()],
        _ => [],
    };

    // Half a surrogate pair, or bytes that are no UTF-8, is no text; what stands around it may be.
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

    private static IEnumerable<string> Words(ReadOnlyMemory<byte> body) =>
        Encoding.UTF8.GetString(body.Span).Split(Ends, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
