using System.Globalization;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Calls;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>A call to TikTok's Business API.</summary>
internal sealed class TikTokCall(HttpContext context, TikTokPlatform platform, CallLog calls, DateTimeOffset at)
    : PlatformCall(context, calls, at, TikTokPlatform.PlatformName)
{
    /// <summary>The first of the caller's accounts: the app uses its limits.</summary>
    public TikTokAccount? App { get; set; }

    public string? Token { get; set; }

    protected override string HtmlErrorPage =>
        "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";

    public bool MayUse(TikTokAccount account) => account.Settings.Token == Token;

    public Task RespondAsync(Action<Utf8JsonWriter>? data = null) => WriteAsync(0, "OK", data);

    public Task RefuseAsync(TikTokError error) => WriteAsync(error.Code, error.Message, null);

    private Task WriteAsync(int code, string message, Action<Utf8JsonWriter>? data)
    {
        var requestId =
            At.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)
            + platform.NextNumber().ToString("X18", CultureInfo.InvariantCulture);
        Context.Response.Headers["X-TT-LOGID"] = requestId;
        Context.Response.Headers["x-tt-trace-id"] = requestId;
        return JsonAsync(
            StatusCodes.Status200OK,
            code == 0 ? null : code,
            json =>
            {
                json.WriteStartObject();
                json.WriteNumber("code", code);
                json.WriteString("message", message);
                json.WriteString("request_id", requestId);
                json.WriteStartObject("data");
                data?.Invoke(json);
                json.WriteEndObject();
                json.WriteEndObject();
            }
        );
    }
}
