using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using AudienceSync.Domain;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// Makes an event readable that the strict reader refuses because of single fields: bytes that are not UTF-8, too deep nesting, a property
/// twice, or a name that is not valid text. Each of them becomes <see cref="BodyDefect.Unreadable"/>, a name becomes one that no field has,
/// and every other field keeps the bytes that were sent.
/// </summary>
internal sealed class SalvagedJson
{
    private static readonly JsonWriterOptions AsSent = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        MaxDepth = Limits.JsonDepth,
    };

    private readonly ArrayBufferWriter<byte> _readable;
    private readonly int _maxDepth;
    private bool _hasInvalidNames;
    private bool _isMalformed;
    private NeededFields _twice;

    private SalvagedJson(int length, int maxDepth) => (_readable, _maxDepth) = (new ArrayBufferWriter<byte>(length), maxDepth);

    /// <summary>Null when it is not one JSON object, whatever is left out.</summary>
    /// <param name="json">What the strict reader refused.</param>
    /// <param name="maxDepth">The deepest nesting that is read.</param>
    /// <param name="defect">What was left out.</param>
    public static JsonDocument? Parse(ReadOnlySpan<byte> json, int maxDepth, out BodyDefect defect)
    {
        defect = new BodyDefect(IngestProblem.MalformedJson, NeededFields.None);
        if (!json.TrimStart(" \t\r\n"u8).StartsWith("{"u8))
        {
            return null;
        }

        var salvaged = new SalvagedJson(json.Length, maxDepth);
        try
        {
            salvaged.ReplaceUnreadable(json);
            var document = JsonDocument.Parse(salvaged.WithoutDuplicates(), new JsonDocumentOptions { MaxDepth = maxDepth });
            var isName = salvaged is { _hasInvalidNames: true, _isMalformed: false };
            defect = new BodyDefect(isName ? IngestProblem.InvalidText : IngestProblem.MalformedJson, salvaged._twice);
            return document;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void ReplaceUnreadable(ReadOnlySpan<byte> json)
    {
        var copied = 0;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Limits.BatchBytes });
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.String when !Utf8.IsValid(reader.ValueSpan):
                    Replace(json[copied..start], BodyDefect.Unreadable);
                    copied = (int)reader.BytesConsumed;
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= _maxDepth:
                    reader.Skip();
                    Replace(json[copied..start], BodyDefect.Unreadable);
                    copied = (int)reader.BytesConsumed;
                    break;
                case JsonTokenType.PropertyName:
                    _readable.Write(json[copied..(start + 1)]);
                    _readable.Write(ReadableName(reader.ValueSpan));
                    copied = start + 1 + reader.ValueSpan.Length;
                    break;
            }
        }

        _readable.Write(json[copied..]);
    }

    private void Replace(ReadOnlySpan<byte> before, ReadOnlySpan<byte> replacement)
    {
        _readable.Write(before);
        _readable.Write(replacement);
        _isMalformed = true;
    }

    private ReadOnlySpan<byte> ReadableName(ReadOnlySpan<byte> name)
    {
        if (!Utf8.IsValid(name))
        {
            name = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(name)); // Its invalid bytes become replacement characters.
            _isMalformed = true;
        }

        if (!name.Contains((byte)'\\'))
        {
            return name;
        }

        var readable = name.ToArray();
        _hasInvalidNames |= SurrogateNames.Replace(readable);
        return readable;
    }

    private ReadOnlyMemory<byte> WithoutDuplicates()
    {
        using var document = JsonDocument.Parse(_readable.WrittenMemory, new JsonDocumentOptions { MaxDepth = _maxDepth });
        var buffer = new ArrayBufferWriter<byte>(_readable.WrittenCount);
        using (var writer = new Utf8JsonWriter(buffer, AsSent))
        {
            Write(document.RootElement, writer, depth: 0, isPerson: false);
        }

        return buffer.WrittenMemory;
    }

    private void Write(JsonElement value, Utf8JsonWriter writer, int depth, bool isPerson)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                WriteFields(value, writer, depth, isPerson);
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(item, writer, depth + 1, isPerson: false);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
                break;
        }
    }

    private void WriteFields(JsonElement value, Utf8JsonWriter writer, int depth, bool isPerson)
    {
        var times = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var field in value.EnumerateObject())
        {
            times[field.Name] = times.GetValueOrDefault(field.Name) + 1;
        }

        foreach (var field in value.EnumerateObject())
        {
            var count = times[field.Name];
            if (count == 0)
            {
                continue;
            }

            writer.WritePropertyName(field.Name);
            if (count == 1)
            {
                Write(field.Value, writer, depth + 1, depth == 0 && field.Name == "person");
                continue;
            }

            times[field.Name] = 0;
            writer.WriteRawValue(BodyDefect.Unreadable, skipInputValidation: true);
            _isMalformed = true;
            _twice |= depth == 0 || isPerson ? BodyDefect.Of(field.Name, isPerson) : NeededFields.None;
        }
    }
}
