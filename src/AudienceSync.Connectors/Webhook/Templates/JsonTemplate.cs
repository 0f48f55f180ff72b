using System.Text.Json;
using System.Text.RegularExpressions;

namespace AudienceSync.Connectors.Webhook.Templates;

/// <summary>
/// JSON in whose texts placeholders stand for values. It is JSON itself, and values are written as parts of texts by a JSON writer, so the
/// result is JSON whatever they contain.
/// <para>
/// A property, or an item of a list, whose text has a placeholder without a value is left out, and so is an object or a list of which
/// nothing but texts of the template would be left.
/// </para>
/// </summary>
internal sealed partial class JsonTemplate
{
    /// <summary>The list of the members: only as the whole text of a property, or of the body.</summary>
    public const string Members = "members";

    /// <summary>The number of members: as the whole text it becomes a number.</summary>
    public const string MemberCount = "members.count";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly Node _root;

    private JsonTemplate(Node root, int bytes) => (_root, Bytes) = (root, bytes);

    /// <summary>Bytes of the template as written.</summary>
    public int Bytes { get; }

    /// <summary>Every placeholder in it, as often as it occurs.</summary>
    public List<string> Placeholders { get; } = [];

    /// <summary>The property that holds the members; empty when the body itself is the list; null when there is none.</summary>
    public string? MembersProperty { get; private set; }

    /// <summary>Properties whose value is the same for every member.</summary>
    public List<string> Constants { get; } = [];

    /// <summary>Reads a template.</summary>
    /// <param name="json">The template.</param>
    /// <param name="problem">What is wrong with it: not JSON, or a placeholder where none can be. Null when nothing is.</param>
    public static JsonTemplate? Parse(string json, out string? problem)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var template = new JsonTemplate(Node.Of(document.RootElement), System.Text.Encoding.UTF8.GetByteCount(json));
            problem = template.Collect(template._root, property: "");
            return problem is null ? template : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            problem = "not one JSON value without duplicate properties";
            return null;
        }
    }

    /// <summary>The parts of a text: texts, and names of placeholders. Null when a brace is not closed.</summary>
    public static IReadOnlyList<(bool IsPlaceholder, string Text)>? Split(string text)
    {
        var parts = new List<(bool, string)>();
        var at = 0;
        foreach (var match in PlaceholderForm().EnumerateMatches(text))
        {
            if (match.Index > at)
            {
                parts.Add((false, text[at..match.Index]));
            }

            parts.Add((true, text[(match.Index + 2)..(match.Index + match.Length - 2)].Trim()));
            at = match.Index + match.Length;
        }

        if (at < text.Length)
        {
            parts.Add((false, text[at..]));
        }

        return parts.Exists(part => !part.Item1 && (part.Item2.Contains("{{") || part.Item2.Contains("}}"))) ? null : parts;
    }

    /// <summary>
    /// Writes it with values. <see cref="Members"/> becomes an empty list, whose place is returned; -1 when there is none.
    /// </summary>
    /// <param name="json">Receives it.</param>
    /// <param name="valueOf">The value of a placeholder; null when there is none.</param>
    public long Write(Utf8JsonWriter json, Func<string, string?> valueOf)
    {
        var membersAt = -1L;
        if (!Write(_root, json, valueOf, property: null, ref membersAt))
        {
            json.WriteNullValue(); // A check of the account, whose body only names the list.
        }

        return membersAt;
    }

    private static bool Write(Node node, Utf8JsonWriter json, Func<string, string?> valueOf, string? property, ref long membersAt)
    {
        if (HasValue(node, valueOf) == false)
        {
            return false;
        }

        if (node.Text is { } parts)
        {
            WriteText(parts, json, valueOf, property, ref membersAt);
            return true;
        }

        if (property is not null)
        {
            json.WritePropertyName(property);
        }

        if (node.Properties is { } properties)
        {
            json.WriteStartObject();
            foreach (var (name, value) in properties)
            {
                _ = Write(value, json, valueOf, name, ref membersAt);
            }

            json.WriteEndObject();
        }
        else if (node.Items is { } items)
        {
            json.WriteStartArray();
            foreach (var item in items)
            {
                _ = Write(item, json, valueOf, property: null, ref membersAt);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteRawValue(node.Raw!);
        }

        return true;
    }

    // Null when it has no placeholder.
    private static bool? HasValue(Node node, Func<string, string?> valueOf)
    {
        if (node.Text is { } parts)
        {
            return parts.Any(part => part.IsPlaceholder)
                ? parts.All(part => !part.IsPlaceholder || part.Text == Members || valueOf(part.Text) is not null)
                : null;
        }

        bool? any = null;
        foreach (var child in node.Items ?? node.Properties?.Select(property => property.Value) ?? [])
        {
            var has = HasValue(child, valueOf);
            any = has == true || any == true ? true : any ?? has;
        }

        return any;
    }

    private static void WriteText(
        IReadOnlyList<(bool IsPlaceholder, string Text)> parts,
        Utf8JsonWriter json,
        Func<string, string?> valueOf,
        string? property,
        ref long membersAt
    )
    {
        var isList = parts is [{ IsPlaceholder: true, Text: Members }];
        var isNumber = parts is [{ IsPlaceholder: true, Text: MemberCount }];
        var values = isList ? [] : parts.Select(part => part.IsPlaceholder ? valueOf(part.Text) : part.Text).ToList();
        if (property is not null)
        {
            json.WritePropertyName(property);
        }

        if (isList)
        {
            json.WriteRawValue("[]"u8);
            membersAt = json.BytesCommitted + json.BytesPending - 1;
        }
        else if (isNumber)
        {
            json.WriteRawValue(values[0]!);
        }
        else
        {
            json.WriteStringValue(string.Concat(values));
        }
    }

    private string? Collect(Node node, string property)
    {
        if (node.Text is { } parts)
        {
            var found = parts.Where(part => part.IsPlaceholder).Select(part => part.Text).ToList();
            Placeholders.AddRange(found);
            if (found.Contains(Members))
            {
                if (parts.Count > 1 || MembersProperty is not null)
                {
                    return "{{members}} must be the whole value of one property, once";
                }

                MembersProperty = property;
            }

            if (!found.Exists(name => name.StartsWith("person.", StringComparison.Ordinal)))
            {
                Constants.Add(property);
            }

            return null;
        }

        foreach (var (name, value) in node.Properties ?? [])
        {
            if (name.Contains("{{", StringComparison.Ordinal))
            {
                return "a placeholder must not be in the name of a property";
            }

            if (Collect(value, name) is { } problem)
            {
                return problem;
            }
        }

        foreach (var item in node.Items ?? [])
        {
            if (Collect(item, property) is { } problem)
            {
                return problem;
            }
        }

        if (node.Raw is not null)
        {
            Constants.Add(property);
        }

        return null;
    }

    [GeneratedRegex(@"\{\{[^{}]*\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PlaceholderForm();

    /// <summary>A value: exactly one of its parts is there.</summary>
    private sealed record Node
    {
        public IReadOnlyList<(bool IsPlaceholder, string Text)>? Text { get; private init; }

        public IReadOnlyList<(string Name, Node Value)>? Properties { get; private init; }

        public IReadOnlyList<Node>? Items { get; private init; }

        public string? Raw { get; private init; }

        /// <exception cref="JsonException">A brace of a placeholder is not closed.</exception>
        public static Node Of(JsonElement value) =>
            value.ValueKind switch
            {
                JsonValueKind.Object => new Node
                {
                    Properties = [.. value.EnumerateObject().Select(property => (property.Name, Of(property.Value)))],
                },
                JsonValueKind.Array => new Node { Items = [.. value.EnumerateArray().Select(Of)] },
                JsonValueKind.String => new Node { Text = Split(value.GetString()!) ?? throw new JsonException() },
                _ => new Node { Raw = value.GetRawText() },
            };
    }
}
