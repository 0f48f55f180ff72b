using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Calls;

namespace AudienceSync.Sandbox.Alerting;

/// <summary>A call to a service that alerts people.</summary>
internal sealed class AlertingCall(HttpContext context, CallLog calls, DateTimeOffset at, string platform)
    : PlatformCall(context, calls, at, platform)
{
    private const int MaxBytes = 1024 * 1024;

    protected override string HtmlErrorPage => "<html><head><title>502 Bad Gateway</title></head><body></body></html>";

    public Task RespondAsync(int status, object body) =>
        JsonAsync(status, status >= 400 ? status : null, json => JsonSerializer.Serialize(json, body, SandboxJson.Options));

    /// <summary>A refusal for too many calls.</summary>
    public Task ThrottleAsync(int seconds, string text)
    {
        Context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return TextAsync(StatusCodes.Status429TooManyRequests, text);
    }

    /// <summary>The body as an object; null when it is none.</summary>
    public async Task<JsonDocument?> ReadAsync()
    {
        using var buffer = new MemoryStream();
        await Context.Request.Body.CopyToAsync(buffer, Context.RequestAborted);
        if (buffer.Length > MaxBytes)
        {
            return null;
        }

        try
        {
            var document = JsonDocument.Parse(buffer.ToArray());
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
