using System.Text.Json;
using System.Text.Unicode;
using AudienceSync.Domain;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>One event of a body: its JSON, or the reason why it cannot be parsed.</summary>
/// <param name="Document">Null when there is a problem.</param>
/// <param name="Text">The bytes it was parsed from.</param>
/// <param name="Problem">Null when there is a document.</param>
public readonly record struct BodyItem(JsonDocument? Document, ReadOnlyMemory<byte> Text, IngestProblem? Problem)
{
    /// <summary>
    /// Null when the document is exactly what was sent. Otherwise some of its fields could not be read and were replaced.
    /// </summary>
    public BodyDefect? Defect { get; init; }

    private static ReadOnlySpan<byte> Blank => " \t\r\n"u8;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Limits.JsonDepth, AllowDuplicateProperties = false };

    private static readonly JsonDocumentOptions StrictInArray = new() { MaxDepth = Limits.JsonDepth - 1, AllowDuplicateProperties = false };

    /// <summary>Parses a whole body, or a single item.</summary>
    public static BodyItem Parse(ReadOnlyMemory<byte> json, bool isInArray = false)
    {
        var options = isInArray ? StrictInArray : Strict;

        // The JSON reader validates the bytes of a string only when it is read, so a field that is never read would pass with any bytes in
        // it.
        if (Utf8.IsValid(json.Span) && ParseStrictly(json, options) is { } document)
        {
            return new BodyItem(document, json, null);
        }

        return SalvagedJson.Parse(json.Span, options.MaxDepth, out var defect) is { } readable
            ? new BodyItem(readable, json, null) { Defect = defect }
            : new BodyItem(null, json, defect.Problem);
    }

    private static JsonDocument? ParseStrictly(ReadOnlyMemory<byte> json, JsonDocumentOptions options)
    {
        try
        {
            return JsonDocument.Parse(json, options);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // The latter for half of a surrogate pair in a name: names are decoded to detect duplicates.
            return null;
        }
    }

    /// <summary>
    /// Splits an array that cannot be parsed as a whole, because of the content of one of its items, into items that are parsed separately:
    /// bytes that are not UTF-8, a duplicate property, half of a surrogate pair in a name, too deep nesting. Null when it is not an array,
    /// or not JSON at all; too many items are returned unparsed.
    /// </summary>
    public static IReadOnlyList<BodyItem>? Split(ReadOnlyMemory<byte> json)
    {
        var parts = new List<Range>();
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = Limits.BatchBytes });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                return null;
            }

            while (reader.Read() && reader.CurrentDepth > 0)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                if (parts.Count <= Limits.EventsPerRequest)
                {
                    parts.Add(start..(int)reader.BytesConsumed); // One more than allowed is enough to see that there are too many.
                }
            }

            _ = reader.Read(); // Throws when more data follows.
        }
        catch (JsonException)
        {
            return null;
        }

        return parts.Count > Limits.EventsPerRequest
            ? [.. parts.Select(part => new BodyItem(null, json[part], IngestProblem.TooManyEvents))]
            : [.. parts.Select(part => Parse(json[part], isInArray: true))];
    }

    /// <summary>
    /// The items of a batch: of an array (<see cref="Split"/>), or one for each line that is not blank, so that a line that is not JSON
    /// affects only itself. A body that is not declared as lines may also be a single event on several lines.
    /// </summary>
    /// <returns>Null for an array that is not JSON; too many items are returned unparsed.</returns>
    public static IReadOnlyList<BodyItem>? OfBatch(ReadOnlyMemory<byte> json, bool isLines)
    {
        var trimmed = json.Span.TrimStart(Blank);
        if (trimmed.StartsWith("["u8))
        {
            return Split(json);
        }

        var lines = Lines(json);
        if (!isLines && lines.Count > 1 && Parse(json) is { Document: not null } single)
        {
            return [single];
        }

        return lines.Count > Limits.EventsPerRequest
            ? lines.ConvertAll(line => new BodyItem(null, line, IngestProblem.TooManyEvents))
            : lines.ConvertAll(line => Parse(line));
    }

    // Stops at the first line beyond the limit.
    private static List<ReadOnlyMemory<byte>> Lines(ReadOnlyMemory<byte> json)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (!json.IsEmpty && lines.Count <= Limits.EventsPerRequest)
        {
            var end = json.Span.IndexOf((byte)'\n');
            var line = end < 0 ? json : json[..end];
            json = end < 0 ? default : json[(end + 1)..];
            if (line.Trim(Blank) is { IsEmpty: false } text)
            {
                lines.Add(text);
            }
        }

        return lines;
    }
}
