using System.Buffers;
using System.Collections.Frozen;
using AudienceSync.Connectors.Sections;

namespace AudienceSync.Connectors.Webhook.Templates;

/// <summary>Reads <c>templates</c> of a webhook destination. Every error names its field, and none repeats a value.</summary>
internal sealed class TemplateReading
{
    private const string Setting = "templates";

    private static readonly FrozenSet<string> Shared = Names("account", "audience", "operation");

    private static readonly FrozenSet<string> OfPerson = Names([
        .. Shared,
        "person.email_sha256",
        "person.phone_sha256",
        "person.customer_id",
    ]);

    private static readonly FrozenSet<string> OfBatch = Names([.. Shared, JsonTemplate.Members, JsonTemplate.MemberCount]);

    // Set by us or by the connection, or such that a proxy and the receiver could read one request differently.
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "Host",
        "Connection",
        "Content-Length",
        "Content-Type",
        "Content-Encoding",
        "Transfer-Encoding",
        "Expect",
        "Upgrade",
        "Trailer",
        "TE",
        WebhookSignature.Header,
        WebhookSignature.TimestampHeader,
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> NameChars = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
    );

    private static readonly SearchValues<char> PathChars = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-._~:@!$&'()*+,;=?"
    );

    private static readonly FrozenSet<string> Methods = Names("POST", "PUT", "PATCH", "DELETE");

    private readonly List<SettingError> _errors = [];

    /// <summary>The templates, or the first error. Null when there are none.</summary>
    public static Setting<CallTemplates?> Read(DestinationSection section)
    {
        var parts = section.Parts(Setting);
        if (parts.Value is not { } fields || parts.Error is not null)
        {
            return parts.Map(_ => (CallTemplates?)null);
        }

        var reading = new TemplateReading();
        var templates = reading.Templates(fields);
        return new Setting<CallTemplates?>(Setting, templates, reading._errors.FirstOrDefault());
    }

    private CallTemplates? Templates(IReadOnlyDictionary<string, SettingValue> fields)
    {
        Known(Setting, fields, "headers", "add", "remove", "check", "answer");
        var headers = Headers(fields.GetValueOrDefault("headers"));
        var add = Call("add", fields, required: true);
        var remove = Call("remove", fields, required: true);
        var check = Call("check", fields, required: false);
        var answer = fields.GetValueOrDefault("answer")?.Text ?? "rows";
        if (answer is not ("rows" or "status"))
        {
            Wrong($"{Setting}.answer", "invalid_templates", "must be rows or status");
        }

        return _errors.Count == 0 ? new CallTemplates(headers, add!, remove!, check, answer == "rows") : null;
    }

    private CallTemplate? Call(string operation, IReadOnlyDictionary<string, SettingValue> all, bool required)
    {
        var place = $"{Setting}.{operation}";
        if (all.GetValueOrDefault(operation)?.Parts is not { } fields)
        {
            if (required || all.ContainsKey(operation))
            {
                Wrong(place, "missing_template", "is required, with method, path, body and member");
            }

            return null;
        }

        Known(place, fields, "method", "path", "body", "member");
        var isCheck = operation == "check";
        var method = fields.GetValueOrDefault("method")?.Text ?? (isCheck ? "GET" : "POST");
        if (!Methods.Contains(method) && !(isCheck && method == "GET"))
        {
            Wrong($"{place}.method", "invalid_template_method", $"must be POST, PUT, PATCH or DELETE{(isCheck ? ", or GET" : "")}");
        }

        var path = Path($"{place}.path", fields.GetValueOrDefault("path")?.Text ?? "");
        var member = Json($"{place}.member", fields, isCheck ? Shared : OfPerson);
        var body = Json(
            $"{place}.body",
            fields,
            isCheck ? Shared
                : member is null ? OfPerson
                : OfBatch
        );
        if (isCheck ? member is not null || (method == "GET" && body is not null) : !FitsMembers(body, member))
        {
            Wrong(
                $"{place}.body",
                "invalid_template_body",
                isCheck
                    ? "of a check is about no person, and GET has none"
                    : "must have {{members}} and a member with a placeholder of the person, or such a placeholder itself"
            );
        }

        return new CallTemplate(method, path, body, member);
    }

    private static bool FitsMembers(JsonTemplate? body, JsonTemplate? member) =>
        body is not null && HasPerson(member ?? body) && (member is not null) == (body.MembersProperty is not null);

    private static bool HasPerson(JsonTemplate template) =>
        template.Placeholders.Exists(name => name.StartsWith("person.", StringComparison.Ordinal));

    private JsonTemplate? Json(string place, IReadOnlyDictionary<string, SettingValue> fields, FrozenSet<string> allowed)
    {
        if (!fields.TryGetValue(place[(place.LastIndexOf('.') + 1)..], out var value))
        {
            return null;
        }

        if (value.Text is not { } text || JsonTemplate.Parse(text, out var problem) is not { } template)
        {
            Wrong(
                place,
                "invalid_template_json",
                "must be a text with JSON; placeholders stand only inside texts of it, {{members}} alone"
            );
            return null;
        }

        CheckPlaceholders(place, template.Placeholders, allowed);
        return template;
    }

    private IReadOnlyList<(bool IsPlaceholder, string Text)> Path(string place, string path)
    {
        if (JsonTemplate.Split(path) is not { } parts)
        {
            Wrong(place, "invalid_template_path", "has a placeholder that is not closed");
            return [];
        }

        CheckPlaceholders(place, parts.Where(part => part.IsPlaceholder).Select(part => part.Text), Shared);
        var fixedParts = string.Concat(parts.Select(part => part.IsPlaceholder ? "x" : part.Text));
        if (
            fixedParts.Length > 0
            && (
                fixedParts[0] != '/'
                || fixedParts.AsSpan().ContainsAnyExcept(PathChars)
                || fixedParts.Split('?')[0].Split('/').Skip(1).SkipLast(1).Any(segment => segment is "" or "." or "..")
                || fixedParts.Split('?')[0].Split('/')[^1] is "." or ".."
            )
        )
        {
            Wrong(place, "invalid_template_path", "must begin with a slash, without empty or dotted segments, and without escapes");
        }

        return parts;
    }

    private List<TemplateHeader> Headers(SettingValue? value)
    {
        const string place = $"{Setting}.headers";
        var headers = new List<TemplateHeader>();
        if (value is not null && value.Parts is null)
        {
            Wrong(place, "invalid_template_header", "must be named texts or secrets");
        }

        foreach (var (name, given) in value?.Parts ?? new Dictionary<string, SettingValue>(StringComparer.Ordinal))
        {
            // The name may be anything, so only its number is repeated.
            var which = $"{place}[{headers.Count}]";
            var text = (given.Secret?.Reveal() ?? given.Text)?.Trim();
            if (name.Length is 0 or > 100 || name.AsSpan().ContainsAnyExcept(NameChars) || Reserved.Contains(name))
            {
                Wrong(which, "invalid_template_header", "has a name that is not allowed, or that is set by the connection");
            }
            else if (string.IsNullOrEmpty(text) || text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                // A line break would begin another header.
                Wrong(which, "invalid_template_header", "must be printable ASCII on one line, or { file: NAME } or { env: NAME }");
            }

            headers.Add(new TemplateHeader(name, text ?? "", given.Secret is not null));
        }

        return headers;
    }

    private void CheckPlaceholders(string place, IEnumerable<string> found, FrozenSet<string> allowed)
    {
        if (found.Any(name => !allowed.Contains(name)))
        {
            Wrong(
                place,
                "unknown_template_placeholder",
                $"has a placeholder that is not one of: {string.Join(", ", allowed.Order(StringComparer.Ordinal))}"
            );
        }
    }

    private void Known(string place, IReadOnlyDictionary<string, SettingValue> fields, params string[] known)
    {
        if (fields.Keys.Any(name => !known.Contains(name, StringComparer.Ordinal)))
        {
            Wrong(place, "invalid_templates", $"has other settings than: {string.Join(", ", known)}");
        }
    }

    private void Wrong(string place, string code, string what) => _errors.Add(new SettingError(place, code, $"{place} {what}."));

    private static FrozenSet<string> Names(params string[] names) => names.ToFrozenSet(StringComparer.Ordinal);
}
