using System.Text.Json;
using System.Text.Unicode;
using AudienceSync.Domain;

namespace AudienceSync.Host.Requests;

/// <summary>
/// Finds faults of a JSON body that are independent of its endpoint: the deserializer decodes a text only when it is read, and what it lets
/// pass (half of a surrogate pair, NUL, a null item in a list) fails much later, in the store.
/// </summary>
internal static class JsonBody
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = Limits.JsonDepth, AllowDuplicateProperties = false };

    /// <summary>Null when the body is a JSON object that every endpoint can read.</summary>
    public static IResult? Problem(ReadOnlyMemory<byte> body) => Problem(body, static _ => true);

    /// <summary>Null when the body is an object without any member.</summary>
    public static IResult? ProblemUnlessEmpty(ReadOnlyMemory<byte> body) => Problem(body, static root => !root.EnumerateObject().Any());

    private static IResult? Problem(ReadOnlyMemory<byte> body, Func<JsonElement, bool> allows)
    {
        if (!Utf8.IsValid(body.Span))
        {
            return QueryProblem.MalformedJson;
        }

        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            var root = document.RootElement;
            return root.ValueKind != JsonValueKind.Object ? QueryProblem.InvalidBody
                : HasUnusableText(root) ? QueryProblem.InvalidText
                : HasNullInList(root) || !allows(root) ? QueryProblem.InvalidBody
                : null;
        }
        catch (JsonException)
        {
            return QueryProblem.MalformedJson;
        }
        catch (InvalidOperationException)
        {
            // How the reader reports half of a surrogate pair.
            return QueryProblem.InvalidText;
        }
    }

    private static bool HasUnusableText(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String => element.GetString()!.Contains('\0', StringComparison.Ordinal),
            JsonValueKind.Array => element.EnumerateArray().Any(HasUnusableText),
            JsonValueKind.Object => element
                .EnumerateObject()
                .Any(member => member.Name.Contains('\0', StringComparison.Ordinal) || HasUnusableText(member.Value)),
            _ => false,
        };

    private static bool HasNullInList(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Array => element.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Null || HasNullInList(item)),
            JsonValueKind.Object => element.EnumerateObject().Any(member => HasNullInList(member.Value)),
            _ => false,
        };
}
