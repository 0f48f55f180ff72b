using System.Text.Json;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>A strictly parsed JSON body: an unknown or repeated field is a parameter error.</summary>
/// <param name="Document">Null when the body could not be read.</param>
internal sealed record SegmentBody(JsonDocument? Document, TikTokError? Error) : IDisposable
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
            return document.RootElement.ValueKind == JsonValueKind.Object && JsonText.IsValidUnicode(document.RootElement)
                ? new SegmentBody(document, null)
                : new SegmentBody(document, TikTokError.Parameter("The body must be a JSON object of Unicode."));
        }
        // The second exception type is thrown for an unpaired surrogate in a name during the check for duplicate names.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new SegmentBody(null, TikTokError.Parameter("The body is not valid JSON, or a field was given twice."));
        }
    }

    public static SegmentBody Of(TikTokCall call) => call.Context.Features.Get<SegmentBody>()!;

    /// <summary>
    /// The operation that the call is counted under: the action requested in the body, otherwise the default of the endpoint.
    /// </summary>
    public static string OperationOf(SegmentBody body, string usual) =>
        (usual, body.Text("action")) switch
        {
            ("add", "delete") => "remove",
            ("create", "delete") => "delete",
            _ => usual,
        };

    public string? Text(string name) =>
        Error is null
        && Document is not null
        && Document.RootElement.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    public JsonElement Field(string name) => Document!.RootElement.TryGetProperty(name, out var value) ? value : default;

    /// <summary>The strings of an array; null for any other value or an empty array.</summary>
    public static IReadOnlyList<string>? Texts(JsonElement array) =>
        array.ValueKind == JsonValueKind.Array
        && array.GetArrayLength() > 0
        && array.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. array.EnumerateArray().Select(item => item.GetString()!)]
            : null;

    /// <summary>The body's own error, or an error for the first unknown field.</summary>
    public TikTokError? Unknown(params ReadOnlySpan<string> known)
    {
        if (Error is not null)
        {
            return Error;
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
