using System.Text.Json;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.Meta;

/// <summary>The body of a response, as far as it is used here (contracts/meta.md 4 and 6.2).</summary>
internal sealed record MetaAnswer
{
    private const int MaxTraceIdChars = 64;

    private static readonly MetaAnswer NotJson = new();

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
            using var document = JsonDocument.Parse(body, JsonFields.Options);
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
            Error = (error.Int("code"), error.Int("error_subcode")),
            TraceId = error.Name("fbtrace_id") is { Length: <= MaxTraceIdChars } id && !id.Contains('.') ? id : null,
        };
    }

    private static MetaAnswer OfUpload(JsonElement root)
    {
        var rows = new List<int>();

        // An empty set of samples is sent as {} or as [] (6.2).
        if (root.Object("invalid_entry_samples") is { } samples)
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
            InvalidEntries = Math.Max(root.Int("num_invalid_entries") ?? 0, rows.Count),
            InvalidRows = rows,
        };
    }
}
