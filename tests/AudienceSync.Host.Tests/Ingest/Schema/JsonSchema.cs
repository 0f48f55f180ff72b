using System.Text.Json;
using System.Text.RegularExpressions;

namespace AudienceSync.Host.Tests.Ingest.Schema;

/// <summary>
/// The part of JSON Schema 2020-12 that docs/schemas uses. A keyword that it does not know is an error, so that no rule of a schema is
/// overlooked.
/// </summary>
internal sealed class JsonSchema(JsonElement root)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    public static JsonSchema Read(string page) =>
        new(JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(RepositoryRoot.Find(), page))));

    public bool Accepts(string json) => Accepts(root, JsonSerializer.Deserialize<JsonElement>(json));

    private bool Accepts(JsonElement schema, JsonElement value) => schema.EnumerateObject().All(keyword => Holds(schema, keyword, value));

    private bool Holds(JsonElement schema, JsonProperty keyword, JsonElement value)
    {
        var rule = keyword.Value;
        return keyword.Name switch
        {
            "$schema" or "$id" or "$defs" or "title" or "description" or "then" => true,
            "$ref" => Accepts(root.GetProperty("$defs").GetProperty(rule.GetString()!["#/$defs/".Length..]), value),
            "type" => IsOf(rule.GetString()!, value),
            "enum" => rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)),
            "const" => JsonElement.DeepEquals(rule, value),
            "pattern" => value.ValueKind != JsonValueKind.String
                || Regex.IsMatch(
                    value.GetString()!,
                    rule.GetString()!.Replace("$", "\\z", StringComparison.Ordinal),
                    RegexOptions.None,
                    Timeout
                ),
            "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= rule.GetInt32(),
            "maxLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length <= rule.GetInt32(),
            "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= rule.GetDecimal(),
            "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= rule.GetDecimal(),
            "required" => value.ValueKind != JsonValueKind.Object
                || rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _)),
            "properties" => value.ValueKind != JsonValueKind.Object
                || rule.EnumerateObject().All(one => !value.TryGetProperty(one.Name, out var inner) || Accepts(one.Value, inner)),
            "additionalProperties" => rule.ValueKind == JsonValueKind.False
                && (
                    value.ValueKind != JsonValueKind.Object
                    || value.EnumerateObject().All(one => schema.GetProperty("properties").TryGetProperty(one.Name, out _))
                ),
            "anyOf" => rule.EnumerateArray().Any(one => Accepts(one, value)),
            "allOf" => rule.EnumerateArray().All(one => Accepts(one, value)),
            "if" => !Accepts(rule, value) || Accepts(schema.GetProperty("then"), value),
            _ => throw new NotSupportedException($"The keyword {keyword.Name} has no meaning here."),
        };
    }

    private static bool IsOf(string type, JsonElement value) =>
        type switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "string" => value.ValueKind == JsonValueKind.String,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            _ => throw new NotSupportedException($"The type {type} has no meaning here."),
        };
}
