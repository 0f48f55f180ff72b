using System.Text.Json;

namespace AudienceSync.Sandbox.CustomerIo;

/// <summary>The body of a call, when it is JSON within its limit.</summary>
internal sealed class TrackBody(JsonDocument? document, ItemError? error) : IDisposable
{
    public ItemError? Error => error;

    public JsonElement Root => document!.RootElement;

    public static async Task<TrackBody> ReadAsync(HttpContext context, int maxBytes)
    {
        // One byte more shows that the body is too large.
        var buffer = new byte[maxBytes + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, context.RequestAborted);
        if (length > maxBytes)
        {
            return new TrackBody(null, ItemError.Invalid("", "the body is too large"));
        }

        try
        {
            var document = JsonDocument.Parse(buffer.AsMemory(0, length));
            if (JsonText.IsValidUnicode(document.RootElement))
            {
                return new TrackBody(document, null);
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // Answered below like a text that is not Unicode.
        }

        return new TrackBody(null, ItemError.Invalid("", "the body is not JSON"));
    }

    public void Dispose() => document?.Dispose();
}
