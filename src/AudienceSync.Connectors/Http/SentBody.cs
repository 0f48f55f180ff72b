using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AudienceSync.Connectors.Http;

/// <summary>
/// A request body without its members: the array that holds them becomes the number of members, how many have each kind of identifier, and
/// six hexadecimal digits of the first three digests. Everything around it is ours and stays.
/// </summary>
internal sealed class SentBody
{
    private static readonly SearchValues<byte> Hexadecimal = SearchValues.Create("0123456789abcdef"u8);

    private const int Samples = 3;
    private const int SampleChars = 6;

    private readonly MemberLayout? _layout;
    private readonly List<string> _schema = [];
    private readonly List<(string Kind, int Members)> _kinds = [];
    private readonly List<string> _first = [];
    private int _members;

    private SentBody(MemberLayout? layout) => _layout = layout;

    /// <summary>The body as JSON.</summary>
    public string Json { get; private set; } = "";

    /// <summary>Values of members that were sent as they are, not as digests.</summary>
    public HashSet<string> PlainValues { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="body">JSON.</param>
    /// <param name="layout">Where it has its members; null when it has none.</param>
    public static SentBody Read(ReadOnlyMemory<byte> body, MemberLayout? layout)
    {
        var read = new SentBody(layout);
        var buffer = new ArrayBufferWriter<byte>(512);
        try
        {
            using var json = new Utf8JsonWriter(buffer);
            read.Copy(layout is { IsWhole: true } ? [(byte)'[', .. body.Span, (byte)']'] : body.Span, json);
        }
        catch (Exception unreadable) when (ResponseText.IsUnreadable(unreadable))
        {
            read.Json = $$"""{"unreadable_bytes":{{body.Length}}}""";
            return read;
        }

        read.Json = Encoding.UTF8.GetString(buffer.WrittenSpan);
        return read;
    }

    private void Copy(ReadOnlySpan<byte> body, Utf8JsonWriter json)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = JsonFields.Options.MaxDepth });
        var name = "";
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray when name == _layout?.Array:
                    CountMembers(ref reader);
                    WriteMembers(json);
                    name = "";
                    break;
                case JsonTokenType.PropertyName:
                    name = reader.GetString()!;
                    json.WritePropertyName(ResponseText.CleanOurs(name));
                    break;
                case JsonTokenType.String:
                    var text = ResponseText.CleanOurs(reader.GetString()!);
                    json.WriteStringValue(text);
                    AddColumn(name, text);
                    break;
                default:
                    WriteToken(ref reader, json);
                    break;
            }
        }
    }

    private void AddColumn(string name, string text)
    {
        if (name == _layout?.Schema)
        {
            _schema.Add(text);
        }
    }

    private static void WriteToken(ref Utf8JsonReader reader, Utf8JsonWriter json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                json.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                json.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                json.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                json.WriteEndArray();
                break;
            default:
                json.WriteRawValue(reader.ValueSpan);
                break;
        }
    }

    // From the start of the array to its end. A value belongs to the property before it, or to the column it is in.
    private void CountMembers(ref Utf8JsonReader reader)
    {
        var (depth, column, isArray) = (0, -1, false);
        var property = "";
        while (depth >= 0 && reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    depth++;
                    (isArray, column) = depth switch
                    {
                        1 => (reader.TokenType == JsonTokenType.StartArray, -1),
                        2 when isArray => (isArray, column + 1),
                        _ => (isArray, column),
                    };
                    _members += depth == 1 ? 1 : 0;
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    depth--;
                    break;
                case JsonTokenType.PropertyName:
                    property = reader.ValueTextEquals(property) ? property : reader.GetString()!;
                    break;
                default:
                    column += isArray && depth == 1 ? 1 : 0;
                    AddValue(ref reader, column >= 0 && column < _schema.Count && !IsNotIdentifier(property) ? _schema[column] : property);
                    break;
            }
        }
    }

    private void AddValue(ref Utf8JsonReader reader, string kind)
    {
        if (reader.ValueSpan.IsEmpty || IsNotIdentifier(kind))
        {
            return;
        }

        Count(kind);
        if (!IsDigest(reader.ValueSpan))
        {
            PlainValues.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan));
        }
        else if (_first.Count < Samples)
        {
            _first.Add(Encoding.ASCII.GetString(reader.ValueSpan[..SampleChars]));
        }
    }

    private bool IsNotIdentifier(string kind) => _layout?.NotIdentifiers.Contains(kind) == true;

    private void Count(string kind)
    {
        for (var i = 0; i < _kinds.Count; i++)
        {
            if (ReferenceEquals(_kinds[i].Kind, kind) || _kinds[i].Kind == kind)
            {
                _kinds[i] = (_kinds[i].Kind, _kinds[i].Members + 1);
                return;
            }
        }

        _kinds.Add((kind, 1));
    }

    private static bool IsDigest(ReadOnlySpan<byte> value) =>
        value.Length == Domain.Normalizing.Sha256Hex.Length && !value.ContainsAnyExcept(Hexadecimal);

    private void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("members", _members);
        json.WriteStartObject("kinds");
        foreach (var (kind, members) in _kinds)
        {
            json.WriteNumber(ResponseText.CleanOurs(kind), members);
        }

        json.WriteEndObject();
        json.WriteStartArray("first");
        foreach (var digits in _first)
        {
            json.WriteStringValue(digits);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
