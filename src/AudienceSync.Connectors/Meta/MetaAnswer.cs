using System.Text.Json;

namespace AudienceSync.Connectors.Meta;

/// <summary>The body of a response, as far as it is used here (contracts/meta.md 4 and 6.2).</summary>
internal sealed record MetaAnswer
{
    private static readonly MetaAnswer NotJson = new();

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    public bool IsJson { get; private init; }

    /// <summary>Meta's code and subcode; the code is null when the error object has none.</summary>
    public (int? Code, int? Subcode)? Error { get; private init; }

    /// <summary>The platform's trace id, for its support; null when absent or when it does not have the form of an id.</summary>
    public string? TraceId { get; private init; }

    /// <summary>Whether this is the response of the users edge to an accepted upload.</summary>
    public bool IsUpload { get; private init; }

    /// <summary>Rows Meta could not use; approximate according to Meta.</summary>
    public int InvalidEntries { get; private init; }

    /// <summary>Rows listed in the samples, by index in the upload; up to 100.</summary>
    public IReadOnlyList<int> InvalidRows { get; private init; } = [];

    public static MetaAnswer Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return new MetaAnswer { IsJson = true };
            }

            return root.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null ? OfError(error) : OfUpload(root);
        }
        catch (JsonException)
        {
            return NotJson;
        }
    }

    private static MetaAnswer OfError(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object)
        {
            return new MetaAnswer { IsJson = true, Error = (null, null) };
        }

        return new MetaAnswer
        {
            IsJson = true,
            Error = (Int(error, "code"), Int(error, "error_subcode")),
            TraceId = error.TryGetProperty("fbtrace_id", out var trace) && trace.ValueKind == JsonValueKind.String ? Plain(trace) : null,
        };
    }

    private static MetaAnswer OfUpload(JsonElement root)
    {
        var rows = new List<int>();

        // An empty set of samples is sent as {} or as [] (6.2).
        if (root.TryGetProperty("invalid_entry_samples", out var samples) && samples.ValueKind == JsonValueKind.Object)
        {
            foreach (var sample in samples.EnumerateObject())
            {
                if (int.TryParse(sample.Name, System.Globalization.NumberStyles.None, provider: null, out var row))
                {
                    rows.Add(row);
                }
            }
        }

        return new MetaAnswer
        {
            IsJson = true,
            IsUpload = root.TryGetProperty("num_received", out _) || root.TryGetProperty("audience_id", out _),
            InvalidEntries = Math.Max(Int(root, "num_invalid_entries") ?? 0, rows.Count),
            InvalidRows = rows,
        };
    }

    /// <summary>This API also sends numbers as strings.</summary>
    private static int? Int(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Number when value.TryGetInt32(out var number) => number,
            JsonValueKind.String when int.TryParse(value.GetString(), out var number) => number,
            _ => null,
        };
    }

    private static string? Plain(JsonElement text)
    {
        const int MaxTraceIdChars = 64;
        var id = text.GetString()!;
        return id.Length is > 0 and <= MaxTraceIdChars && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? id : null;
    }
}
