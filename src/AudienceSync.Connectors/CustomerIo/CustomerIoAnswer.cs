using System.Text.Json;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.CustomerIo;

/// <summary>An item of a batch that the service did not take.</summary>
/// <param name="Index">Its place in the batch, from 0.</param>
/// <param name="Code">Stable: <c>cio_invalid:attributes.complaint_count</c>. Names of ours only; a text of the service may quote a
/// person.</param>
public readonly record struct RejectedItem(int Index, string Code)
{
    /// <summary>Whether the same item may be accepted when it is sent again.</summary>
    public bool MayPass { get; init; }
}

/// <summary>Reads bodies of answers without trusting them.</summary>
internal static class CustomerIoAnswer
{
    private const string NoReason = "cio_rejected";

    // Nothing else is sent, so a field of another name is not one of ours.
    private static readonly HashSet<string> Fields =
    [
        "type",
        "action",
        "identifiers",
        "identifiers.id",
        "identifiers.email",
        "name",
        "id",
        "timestamp",
        "attributes",
    ];

    // The item itself is wrong. Any other reason, also none, may be the service's own trouble.
    private static readonly HashSet<string> Final = ["required", "invalid", "parse_error", "unsupported", "too_long"];

    /// <summary>The named items, each once, in order. Null when a body that must name them does not.</summary>
    public static IReadOnlyList<RejectedItem>? Rejected(ReadOnlyMemory<byte> body, int items)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonFields.Options);
            RejectedItem[] rejected =
            [
                .. document
                    .RootElement.Items("errors")
                    .Select(error => (Index: error.Int("batch_index"), Code: CodeOf(error)))
                    .Where(error => error.Index >= 0 && error.Index < items)
                    .Select(error => new RejectedItem(error.Index!.Value, error.Code.Text) { MayPass = !error.Code.IsFinal })
                    .DistinctBy(item => item.Index)
                    .OrderBy(item => item.Index),
            ];
            return rejected.Length > 0 ? rejected : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The code of the first error of a call that was refused as a whole; null when there is none.</summary>
    public static string? FirstCode(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonFields.Options);
            foreach (var error in document.RootElement.Items("errors"))
            {
                return CodeOf(error).Text;
            }

            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The region of the credentials; null when the body has none.</summary>
    public static string? Region(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonFields.Options);
            return document.RootElement.Name("region")?.ToLowerInvariant();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static (string Text, bool IsFinal) CodeOf(JsonElement error)
    {
        var reason = error.Name("reason")?.ToLowerInvariant();
        var isFinal = reason is not null && Final.Contains(reason);
        var code = isFinal ? "cio_" + reason : NoReason;
        return (FieldOf(error.Name("field")) is { } field ? $"{code}:{field}" : code, isFinal);
    }

    private static string? FieldOf(string? field) =>
        field is null ? null
        : Fields.Contains(field) ? field
        : field.StartsWith("attributes.", StringComparison.Ordinal) && CustomerIoPayload.IsAttribute(field["attributes.".Length..]) ? field
        : null;
}
