using System.Text.Json;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Http;

/// <summary>Reads fields of a platform's response without trusting it: a value of an unexpected form counts as missing.</summary>
internal static class JsonFields
{
    /// <summary>Deeper than any documented response.</summary>
    public static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>The code of a response about an audience or account other than the requested one.</summary>
    public const string OfAnother = "answer_about_another";

    private const int MaxNameChars = 80;

    public static JsonElement? Object(this JsonElement parent, string name) => parent.Of(name, JsonValueKind.Object);

    public static IEnumerable<JsonElement> Items(this JsonElement parent, string name) =>
        parent.Of(name, JsonValueKind.Array) is { } array ? array.EnumerateArray() : [];

    public static string? Text(this JsonElement parent, string name) => parent.Of(name, JsonValueKind.String)?.GetString();

    public static bool? Truth(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => null,
            }
            : null;

    /// <summary>Numbers are also sent as strings.</summary>
    public static long? Number(this JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt64(out var number) => number,
            JsonValueKind.String when long.TryParse(value.GetString(), out var number) => number,
            _ => null,
        };
    }

    /// <summary>A code or a count: a number beyond the range counts as missing.</summary>
    public static int? Int(this JsonElement parent, string name) =>
        parent.Number(name) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null;

    public static string? Digits(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String when IsDigits(value.GetString()!) => value.GetString(),
                JsonValueKind.Number when IsDigits(value.GetRawText()) => value.GetRawText(),
                _ => null,
            }
            : null;

    /// <summary>
    /// Letters, digits, underscore, hyphen: a name or an id. Anything else might be data that we sent, so it counts as missing.
    /// </summary>
    public static string? Name(this JsonElement parent, string name) =>
        parent.Text(name) is { Length: > 0 and <= MaxNameChars } text
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? text
            : null;

    /// <summary>Whether the response is about the requested object: the state of another object is not a valid response.</summary>
    /// <param name="answer">The object that contains the state.</param>
    /// <param name="name">Name of the field that contains its id.</param>
    /// <param name="requested">The requested id.</param>
    /// <returns>Null when it is, or when the response to a request for one object contains no id.</returns>
    public static Outcome? OfAnotherThan(this JsonElement answer, string name, string requested) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var reported) && reported.ToString() != requested
            ? new Outcome(OutcomeKind.Retry, OfAnother)
            : null;

    public static bool IsDigits(string text) => text.Length is > 0 and <= 20 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static JsonElement? Of(this JsonElement parent, string name, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;
}
