using System.Text.Json;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>A JSON body, strictly: an unknown or repeated field is a parameter error.</summary>
/// <param name="Document">Null when there is no body that could be read.</param>
internal sealed record SegmentBody(JsonDocument? Document, TikTokError? Wrong) : IDisposable
{
    private const int MaxBodyBytes = 32 * 1024 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static async Task<SegmentBody> OpenAsync(HttpRequest request)
    {
        if (!HttpMethods.IsPost(request.Method))
        {
            return new SegmentBody(null, null);
        }

        if (!request.HasJsonContentType() || request.ContentLength > MaxBodyBytes)
        {
            return new SegmentBody(null, TikTokError.Parameter("The body must be application/json of at most 32 MiB."));
        }

        try
        {
            var document = await JsonDocument.ParseAsync(request.Body, Strict, request.HttpContext.RequestAborted);
            return document.RootElement.ValueKind == JsonValueKind.Object && JsonText.IsWhole(document.RootElement)
                ? new SegmentBody(document, null)
                : new SegmentBody(document, TikTokError.Parameter("The body must be a JSON object of Unicode."));
        }
        // The second kind comes of half a surrogate pair in a name, while looking for names given twice.
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return new SegmentBody(null, TikTokError.Parameter("The body is not valid JSON, or a field was given twice."));
        }
    }

    public static SegmentBody Of(TikTokCall call) => call.Context.Features.Get<SegmentBody>()!;

    /// <summary>What the call is counted as: the action that the body asks for, else the endpoint's usual one.</summary>
    public static string OperationOf(SegmentBody body, string usual) => (usual, body.Text("action")) switch
    {
        ("add", "delete") => "remove",
        ("create", "delete") => "delete",
        _ => usual,
    };

    public string? Text(string name) =>
        Wrong is null && Document is not null && Document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    public JsonElement Field(string name) => Document!.RootElement.TryGetProperty(name, out var value) ? value : default;

    /// <summary>Strings of an array; null when it is anything else, or empty.</summary>
    public static IReadOnlyList<string>? Texts(JsonElement array) =>
        array.ValueKind == JsonValueKind.Array && array.GetArrayLength() > 0 && array.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. array.EnumerateArray().Select(item => item.GetString()!)]
            : null;

    /// <summary>The body's own error, or the first field that is none of the known.</summary>
    public TikTokError? Unknown(params ReadOnlySpan<string> known)
    {
        if (Wrong is not null)
        {
            return Wrong;
        }

        foreach (var field in Document!.RootElement.EnumerateObject())
        {
            if (!known.Contains(field.Name))
            {
                return TikTokError.Parameter($"{(field.Name.Length <= 40 ? field.Name : field.Name[..40])}: unknown field.");
            }
        }

        return null;
    }

    public void Dispose() => Document?.Dispose();
}
