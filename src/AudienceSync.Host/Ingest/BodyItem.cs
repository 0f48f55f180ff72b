using System.Text.Json;
using System.Text.Unicode;
using AudienceSync.Domain;

namespace AudienceSync.Host.Ingest;

/// <summary>One event of a body: its JSON, or why it cannot be read.</summary>
/// <param name="Document">Null when there is a problem.</param>
/// <param name="Text">The bytes it is read from.</param>
/// <param name="Problem">Null when there is a document.</param>
public readonly record struct BodyItem(JsonDocument? Document, ReadOnlyMemory<byte> Text, IngestProblem? Problem)
{
    /// <summary>
    /// Null when the document is what was sent. Otherwise names in it were replaced that no event needs, because they are no text: a removal still holds,
    /// anything else is refused with this.
    /// </summary>
    public IngestProblem? Defect { get; init; }

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Limits.JsonDepth, AllowDuplicateProperties = false };

    private static readonly JsonDocumentOptions StrictInArray = new() { MaxDepth = Limits.JsonDepth - 1, AllowDuplicateProperties = false };

    /// <summary>Reads a whole body, or one item by itself.</summary>
    public static BodyItem Parse(ReadOnlyMemory<byte> json, bool isInArray = false)
    {
        // The JSON reader looks at a text's bytes only when it is asked for, so a field that nobody reads would pass with anything in it.
        if (!Utf8.IsValid(json.Span))
        {
            return new BodyItem(null, json, IngestProblem.MalformedJson);
        }

        try
        {
            return new BodyItem(JsonDocument.Parse(json, isInArray ? StrictInArray : Strict), json, null);
        }
        catch (JsonException)
        {
            return new BodyItem(null, json, IngestProblem.MalformedJson);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in a property's name: to find duplicates the names are read, and this one is no text.
            return ParseWithoutInvalidNames(json, isInArray);
        }
    }

    private static BodyItem ParseWithoutInvalidNames(ReadOnlyMemory<byte> json, bool isInArray)
    {
        try
        {
            var readable = SurrogateNames.Replace(json.Span);
            return new BodyItem(JsonDocument.Parse(readable, isInArray ? StrictInArray : Strict), json, null) { Defect = IngestProblem.InvalidText };
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return new BodyItem(null, json, IngestProblem.InvalidText);
        }
    }

    /// <summary>
    /// Splits an array that cannot be read as a whole, because of what one of its items holds, into items that are read each by itself: bytes that are no UTF-8, a property twice,
    /// half a surrogate pair in a name, nesting too deep. Null when it is no array, or no JSON at all; too many items are returned unread.
    /// </summary>
    public static IReadOnlyList<BodyItem>? Split(ReadOnlyMemory<byte> json)
    {
        var parts = new List<Range>();
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = Limits.BodyBytes });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                return null;
            }

            while (reader.Read() && reader.CurrentDepth > 0)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                parts.Add(start..(int)reader.BytesConsumed);
            }

            _ = reader.Read(); // Throws when more follows.
        }
        catch (JsonException)
        {
            return null;
        }

        return parts.Count > Limits.EventsPerRequest
            ? [.. parts.Select(part => new BodyItem(null, json[part], IngestProblem.TooManyEvents))]
            : [.. parts.Select(part => Parse(json[part], isInArray: true))];
    }
}
