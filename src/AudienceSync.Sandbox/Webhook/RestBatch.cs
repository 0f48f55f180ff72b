using System.Text.Json;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Webhook;

/// <summary>
/// The members of one request in the receiver's other format, parsed strictly:
/// <c>{"people":[{"mail":{"sha256":"..."},"tel":{"sha256":"..."},"ref":"..."}]}</c>.
/// </summary>
internal static class RestBatch
{
    private const int MaxPeople = 10_000;
    private const int MaxRefLength = 200;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Adds the people to the rows.</summary>
    /// <returns>How many there are, or the error code.</returns>
    public static (int Count, string? Error) Read(ReadOnlyMemory<byte> raw, RowBatch rows)
    {
        try
        {
            using var document = JsonDocument.Parse(raw, Strict);
            var root = document.RootElement;
            if (
                root.ValueKind != JsonValueKind.Object
                || root.EnumerateObject().Count() != 1
                || !root.TryGetProperty("people", out var people)
                || people.ValueKind != JsonValueKind.Array
                || people.GetArrayLength() is 0 or > MaxPeople
            )
            {
                return (0, "people_needed");
            }

            var count = 0;
            foreach (var person in people.EnumerateArray())
            {
                if (person.ValueKind != JsonValueKind.Object || !Take(person, count, rows))
                {
                    return (0, "invalid_person");
                }

                count++;
            }

            return (count, null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (0, "not_json");
        }
    }

    private static bool Take(JsonElement person, int row, RowBatch rows)
    {
        var any = false;
        foreach (var field in person.EnumerateObject())
        {
            var (column, text) = field.Name switch
            {
                "mail" => ((byte)0, Hash(field.Value)),
                "tel" => ((byte)1, Hash(field.Value)),
                "ref" => ((byte)2, field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString() : null),
                _ => ((byte)0, null),
            };
            if (text is not { Length: > 0 })
            {
                return false;
            }

            var bytes = System.Text.Encoding.UTF8.GetBytes(text);
            var digest = Digest.Of(bytes);
            if (column == 2 ? text.Length > MaxRefLength : !Digest.TryParse(bytes, out digest))
            {
                return false;
            }

            rows.Add(digest, row, column);
            any = true;
        }

        return any;
    }

    private static string? Hash(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object
        && value.EnumerateObject().Count() == 1
        && value.TryGetProperty("sha256", out var hash)
        && hash.ValueKind == JsonValueKind.String
            ? hash.GetString()
            : null;
}
