using System.Text.Json;

namespace AudienceSync.Sandbox.Google;

internal static class RequestBody
{
    private const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>The body, or an empty message and an error in the findings.</summary>
    public static async Task<JsonDocument> ReadAsync(HttpContext context, Findings findings)
    {
        try
        {
            if (context.Request.HasJsonContentType() && context.Request.ContentLength is null or <= MaxBytes)
            {
                var document = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
                if (JsonText.IsValidUnicode(document.RootElement))
                {
                    return document;
                }

                document.Dispose();
                findings.Refuse("", "The body is not valid Unicode.");
            }
            else
            {
                findings.Refuse("", "The body must be application/json of at most 64 MiB.");
            }
        }
        catch (JsonException)
        {
            findings.Refuse("", "The body is not valid JSON.");
        }

        return JsonDocument.Parse("{}");
    }
}
