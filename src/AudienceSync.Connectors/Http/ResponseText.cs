using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AudienceSync.Connectors.Http;

/// <summary>
/// A platform's response as JSON of at most <see cref="CallExchange.MaxResponseBytes"/>, without anything that may be about a person or
/// give access: what we sent as it was, email addresses, phone numbers, digests, tokens. It may appear in any string, number or property
/// name, so each of them is cleaned.
/// </summary>
internal sealed partial class ResponseText
{
    /// <summary>In place of what was removed.</summary>
    public const string Removed = "***";

    /// <summary>In place of a response that was not read to its end.</summary>
    public const string TooLarge = """{"too_large":true}""";

    // Shorter values are common words and numbers: they count only where they stand alone.
    private const int ShortChars = 4;

    private const int MaxTextChars = 2_000;

    // What closes the containers that are open when the limit is reached.
    private const int ClosingBytes = 64;

    private readonly HashSet<string> _values;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly int[] _lengths;
    private readonly HashSet<string> _ours;

    /// <param name="values">Sent values, to be removed wherever they occur, in upper or lower case.</param>
    /// <param name="path">The path of the request: the numbers in it are ids of accounts and audiences, not phone numbers.</param>
    public ResponseText(IEnumerable<string> values, string path)
    {
        _values = new HashSet<string>(values.Where(value => value.Length > 0), StringComparer.OrdinalIgnoreCase);
        _lookup = _values.GetAlternateLookup<ReadOnlySpan<char>>();
        _lengths = [.. _values.Select(value => value.Length).Distinct().OrderDescending()];
        _ours = [.. Digits().Matches(path).Select(digits => digits.Value)];
    }

    /// <summary>A text of ours, which has no personal data: only what looks like an address or a secret is removed.</summary>
    public static string CleanOurs(string text) => Secret(Emails().Replace(text, Removed));

    /// <summary>A path may have a secret in it, where a receiver is configured so.</summary>
    public static string CleanPath(string path)
    {
        try
        {
            return Secret(path);
        }
        catch (RegexMatchTimeoutException)
        {
            // The process was stopped meanwhile. The call must go on.
            return Removed;
        }
    }

    public string Clean(ReadOnlySpan<byte> response)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        try
        {
            using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
            Copy(response, json);
        }
        catch (Exception unreadable) when (IsUnreadable(unreadable))
        {
            return $$"""{"not_json_bytes":{{response.Length}}}""";
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A text of the platform. Of a long one the beginning, up to a space: nothing may be cut in two.</summary>
    public string Clean(string text)
    {
        text = Secret(Emails().Replace(WithoutValues(text), Removed));
        return Phones().Replace(text, match => IsPhone(match.Value) ? Removed : match.Value);
    }

    /// <summary>Not JSON, no text in UTF-16, or a text that takes too long.</summary>
    public static bool IsUnreadable(Exception failure) =>
        failure is JsonException or InvalidOperationException or RegexMatchTimeoutException;

    private void Copy(ReadOnlySpan<byte> response, Utf8JsonWriter json)
    {
        var reader = new Utf8JsonReader(response, new JsonReaderOptions { MaxDepth = JsonFields.Options.MaxDepth });
        var open = new Stack<JsonTokenType>();
        while (reader.Read())
        {
            var text =
                reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName ? Clean(reader.GetString()!)
                : reader.TokenType == JsonTokenType.Number ? Clean(Encoding.UTF8.GetString(reader.ValueSpan))
                : "";
            if (
                json.BytesCommitted + json.BytesPending + JsonEncodedText.Encode(text).EncodedUtf8Bytes.Length + ClosingBytes
                > CallExchange.MaxResponseBytes
            )
            {
                Close(json, open, IsAfterName(reader.TokenType, open));
                return;
            }

            Write(ref reader, json, open, text);
        }
    }

    // In an object, whatever is not a name or its end is the value of the name before it.
    private static bool IsAfterName(JsonTokenType token, Stack<JsonTokenType> open) =>
        token is not (JsonTokenType.PropertyName or JsonTokenType.EndObject)
        && open.TryPeek(out var container)
        && container == JsonTokenType.StartObject;

    private static void Close(Utf8JsonWriter json, Stack<JsonTokenType> open, bool afterName)
    {
        if (afterName || open.Count == 0)
        {
            json.WriteNullValue();
        }

        while (open.TryPop(out var container))
        {
            if (container == JsonTokenType.StartObject)
            {
                json.WriteEndObject();
            }
            else
            {
                json.WriteEndArray();
            }
        }
    }

    private static void Write(ref Utf8JsonReader reader, Utf8JsonWriter json, Stack<JsonTokenType> open, string text)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                open.Push(reader.TokenType);
                json.WriteStartObject();
                break;
            case JsonTokenType.StartArray:
                open.Push(reader.TokenType);
                json.WriteStartArray();
                break;
            case JsonTokenType.EndObject:
                open.Pop();
                json.WriteEndObject();
                break;
            case JsonTokenType.EndArray:
                open.Pop();
                json.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                json.WritePropertyName(text);
                break;
            case JsonTokenType.Number when text == Encoding.UTF8.GetString(reader.ValueSpan):
                json.WriteRawValue(text);
                break;
            case JsonTokenType.String or JsonTokenType.Number:
                json.WriteStringValue(text);
                break;
            default:
                json.WriteRawValue(reader.ValueSpan);
                break;
        }
    }

    private string WithoutValues(string text)
    {
        var kept = new StringBuilder(Math.Min(text.Length, MaxTextChars));
        for (var at = 0; at < Math.Min(text.Length, MaxTextChars); )
        {
            var length = LengthAt(text, at);
            if (length > 0)
            {
                kept.Append(Removed);
                at += length;
            }
            else
            {
                kept.Append(text[at++]);
            }
        }

        return text.Length <= MaxTextChars ? kept.ToString() : kept.ToString(0, Math.Max(0, kept.ToString().LastIndexOf(' '))) + Removed;
    }

    private int LengthAt(string text, int at)
    {
        foreach (var length in _lengths)
        {
            if (
                at + length <= text.Length
                && _lookup.Contains(text.AsSpan(at, length))
                && (length >= ShortChars || StandsAlone(text, at, length))
            )
            {
                return length;
            }
        }

        return 0;
    }

    private static bool StandsAlone(string text, int at, int length) =>
        (at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (at + length == text.Length || !char.IsLetterOrDigit(text[at + length]));

    // More than fifteen digits in a row are no phone number (E.164), but an id.
    private bool IsPhone(string found) => !_ours.Contains(found) && !(found.Length > 15 && found.All(char.IsAsciiDigit));

    // Digits alone are the id of an account or audience, unless there are too many.
    private static string Secret(string text) =>
        Tokens()
            .Replace(
                Hexadecimal().Replace(text, match => match.Value.All(char.IsAsciiDigit) ? match.Value : Removed),
                match => match.Value.Any(char.IsAsciiDigit) ? Removed : match.Value
            );

    [GeneratedRegex(
        """[^\s"'<>(),;:\[\]{}]*(@|%40|\\u0040)[^\s"'<>(),;:\[\]{}]*""",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Emails();

    [GeneratedRegex("[0-9a-fA-F]{16,}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hexadecimal();

    [GeneratedRegex("[A-Za-z0-9+/=_-]{24,}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tokens();

    [GeneratedRegex(@"\d([ .()/\u00A0\u2010-\u2015-]*\d){6,}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Phones();

    [GeneratedRegex("[0-9]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digits();
}
