using System.Globalization;
using System.Text.Json;
using AudienceSync.Domain;
using AudienceSync.Domain.Outcomes;

namespace AudienceSync.Host.Ingest.Reporting;

/// <summary>
/// Reads the fields of a report. Each is optional, and one that is not what it should be counts as absent (contracts/customerio.md 2.5).
/// </summary>
internal static class ReportFields
{
    /// <summary>
    /// A name of the platform (metric, channel, topic): letters, digits and a few signs, so that it cannot be an address. Null for anything
    /// else.
    /// </summary>
    public static string? Name(JsonElement fields, ReadOnlySpan<byte> name) =>
        Value(fields, name) is { ValueKind: JsonValueKind.String } value && IsName(value.GetString()!) ? value.GetString() : null;

    /// <summary>A text of any form; null when there is none.</summary>
    public static string? Text(JsonElement fields, ReadOnlySpan<byte> name) =>
        Value(fields, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A whole number, or one written as a text.</summary>
    public static long? Number(JsonElement fields, ReadOnlySpan<byte> name) =>
        Value(fields, name) switch
        {
            { ValueKind: JsonValueKind.Number } value => value.TryGetInt64(out var number) ? number : null,
            { ValueKind: JsonValueKind.String } value => long.TryParse(
                value.GetString(),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out var number
            )
                ? number
                : null,
            _ => null,
        };

    /// <summary>True, or the text <c>true</c>.</summary>
    public static bool Flag(JsonElement fields, ReadOnlySpan<byte> name) => Value(fields, name) is { } value && Answer(value) == true;

    /// <summary>An object; null when it is something else.</summary>
    public static JsonElement? Object(JsonElement fields, ReadOnlySpan<byte> name) =>
        Value(fields, name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>
    /// The answers of a change of preferences. <c>content</c> is a text that holds JSON; an object is accepted, too.
    /// </summary>
    public static (Dictionary<string, bool>? Topics, Dictionary<string, bool>? Channels) Preferences(JsonElement data)
    {
        if (Text(data, "content"u8) is not { } text)
        {
            return Object(data, "content"u8) is { } content ? Answers(content) : (null, null);
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = Limits.JsonDepth });
            return document.RootElement.ValueKind == JsonValueKind.Object ? Answers(document.RootElement) : (null, null);
        }
        catch (JsonException)
        {
            // The change itself is recorded; which topics it concerns is not known.
            return (null, null);
        }
    }

    private static (Dictionary<string, bool>? Topics, Dictionary<string, bool>? Channels) Answers(JsonElement content) =>
        (Answers(content, "topics"u8), Answers(content, "channels"u8));

    private static Dictionary<string, bool>? Answers(JsonElement content, ReadOnlySpan<byte> name)
    {
        if (Object(content, name) is not { } answers)
        {
            return null;
        }

        var read = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var answer in answers.EnumerateObject().Where(answer => IsName(answer.Name)))
        {
            if (Answer(answer.Value) is { } wanted && read.Count < ReportLimits.Topics)
            {
                read[answer.Name] = wanted;
            }
        }

        return read.Count == 0 ? null : read;
    }

    private static bool? Answer(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String when value.ValueEquals("true"u8) => true,
            JsonValueKind.String when value.ValueEquals("false"u8) => false,
            _ => null,
        };

    private static bool IsName(string text) =>
        text.Length is > 0 and <= ReportLimits.NameChars
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or ' ');

    private static JsonElement? Value(JsonElement fields, ReadOnlySpan<byte> name) =>
        fields.TryGetProperty(name, out var value) ? value : null;

    /// <summary>Whether a machine opened or clicked.</summary>
    public static bool IsMachine(JsonElement data, string metric) =>
        metric switch
        {
            OutcomeMetrics.Clicked => Flag(data, "machine"u8),
            OutcomeMetrics.Opened => Flag(data, "machine"u8)
                || Flag(data, "proxied"u8)
                || Flag(data, "prefetched"u8)
                || Flag(data, "synthetic"u8),
            _ => false,
        };
}
