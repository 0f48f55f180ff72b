using System.Globalization;
using System.Text.Json;

namespace AudienceSync.Sandbox.Google;

/// <summary>
/// A JSON object parsed as a protobuf message: names in lowerCamelCase or snake_case (contract google 3), everything else strictly. The
/// first name or type that does not match is recorded in <see cref="Findings"/> and refuses the request; a value that matches but breaks a
/// rule is a violation.
/// </summary>
internal sealed class ProtoMessage
{
    private readonly Dictionary<string, JsonElement> fields = new(StringComparer.Ordinal);
    private readonly Findings findings;

    private ProtoMessage(string path, Findings findings)
    {
        Path = path;
        this.findings = findings;
    }

    /// <summary>The path in snake case; empty for the request itself.</summary>
    public string Path { get; }

    public static ProtoMessage Read(JsonElement json, string path, Findings findings, params ReadOnlySpan<string> known)
    {
        var message = new ProtoMessage(path, findings);
        if (json.ValueKind != JsonValueKind.Object)
        {
            findings.Refuse(path, "Expected an object.");
            return message;
        }

        foreach (var field in json.EnumerateObject())
        {
            var name = Camel(field.Name);
            if (!known.Contains(name))
            {
                findings.Refuse(
                    path,
                    $"Unknown name \"{(field.Name.Length <= 40 ? field.Name : field.Name[..40])}\" at '{path}': Cannot find field."
                );
            }
            else if (field.Value.ValueKind != JsonValueKind.Null && !message.fields.TryAdd(name, field.Value))
            {
                findings.Refuse(path, $"The field \"{name}\" was given twice.");
            }
        }

        return message;
    }

    public bool Has(string name) => fields.ContainsKey(name);

    public string At(string name) => Path.Length == 0 ? Snake(name) : $"{Path}.{Snake(name)}";

    public ProtoMessage? Message(string name, params ReadOnlySpan<string> known) =>
        fields.TryGetValue(name, out var value) ? Read(value, At(name), findings, known) : null;

    /// <summary>The items with their paths; empty when the field is missing.</summary>
    public IReadOnlyList<(JsonElement Item, string Path)> Items(string name)
    {
        if (!fields.TryGetValue(name, out var value))
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            return
            [
                .. value.EnumerateArray().Select((item, index) => (item, $"{At(name)}[{index.ToString(CultureInfo.InvariantCulture)}]")),
            ];
        }

        findings.Refuse(At(name), "Expected a list.");
        return [];
    }

    /// <summary>Null when missing or empty: a default value counts as missing.</summary>
    public string? Text(string name)
    {
        if (!fields.TryGetValue(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString() is { Length: > 0 } text ? text : null;
        }

        findings.Refuse(At(name), "Expected a string.");
        return null;
    }

    public IReadOnlyList<string> Texts(string name)
    {
        var items = Items(name);
        if (items.All(item => item.Item.ValueKind == JsonValueKind.String))
        {
            return [.. items.Select(item => item.Item.GetString()!)];
        }

        findings.Refuse(At(name), "Expected strings.");
        return [];
    }

    /// <summary>A 64-bit integer is sent as a string; a number is also accepted. Digits only.</summary>
    public string? Id(string name)
    {
        if (!fields.TryGetValue(name, out var value))
        {
            return null;
        }

        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : Text(name);
        return text is null || AccountSettings.IsId(text) ? text : findings.Add<string>(At(name), "INVALID_FORMAT", "Must be digits.");
    }

    public bool Flag(string name)
    {
        if (fields.TryGetValue(name, out var value) && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            findings.Refuse(At(name), "Expected a boolean.");
        }

        return value.ValueKind == JsonValueKind.True;
    }

    /// <summary>
    /// The name of an enum value, which is sent as a name or a number. Null when missing, the default, or not one of the values; the last
    /// case is a violation.
    /// </summary>
    /// <param name="name">The name of the field.</param>
    /// <param name="values">Indexed by enum number; the first is the default, which counts as missing.</param>
    public string? Enum(string name, params ReadOnlySpan<string> values) =>
        fields.TryGetValue(name, out var value) ? EnumOf(value, At(name), values) : null;

    /// <summary>Like <see cref="Enum"/>, for a list. Unknown values are violations and are omitted.</summary>
    public IReadOnlyList<string> Enums(string name, params ReadOnlySpan<string> values)
    {
        var found = new List<string>();
        foreach (var (item, _) in Items(name))
        {
            if (EnumOf(item, At(name), values) is { } value)
            {
                found.Add(value);
            }
        }

        return found;
    }

    private string? EnumOf(JsonElement value, string path, ReadOnlySpan<string> values)
    {
        if (value.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
        {
            findings.Refuse(path, "Expected the name or the number of an enum's value.");
            return null;
        }

        var number =
            value.ValueKind == JsonValueKind.Number ? (value.TryGetInt32(out var given) ? given : -1)
            : value.GetString() is { Length: > 0 } name ? values.IndexOf(name)
            : 0;
        return number < 0 || number >= values.Length ? findings.Add<string>(path, "INVALID_ENUM_VALUE", "Not a value of this enum.")
            : number == 0 ? null
            : values[number];
    }

    private static string Camel(string name) =>
        string.Concat(
            name.Split('_').Select((part, index) => index == 0 || part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..])
        );

    private static string Snake(string name) =>
        string.Concat(name.Select(letter => char.IsAsciiLetterUpper(letter) ? "_" + char.ToLowerInvariant(letter) : letter.ToString()));
}
