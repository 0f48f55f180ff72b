using System.Buffers;
using System.Globalization;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.TikTok;

/// <summary>One call from admission to answer. Every way to end it writes one record, so that none is uncounted.</summary>
internal sealed class TikTokCall(HttpContext context, TikTokPlatform platform, CallLog calls, DateTimeOffset at)
{
    private const string HtmlErrorPage = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";

    public HttpContext Context => context;

    public DateTimeOffset At => at;

    public required string Operation { get; init; }

    /// <summary>The audience of the call when it has exactly one that exists.</summary>
    public string? Audience { get; set; }

    /// <summary>The first of the caller's accounts: its limits are those of the app.</summary>
    public TikTokAccount? App { get; set; }

    public string? Token { get; set; }

    public bool Violation { get; set; }

    public FaultKind? Fault { get; set; }

    public int Rows { get; set; }

    public CallEffect Effect { get; set; }

    public bool MayUse(TikTokAccount account) => account.Settings.Token == Token;

    public Task AnswerAsync(Action<Utf8JsonWriter>? data = null) => WriteAsync(0, "OK", data);

    public Task RefuseAsync(TikTokError error) => WriteAsync(error.Code, error.Message, null);

    public Task TextAsync(int status, string text, string type = "text/plain")
    {
        Record(status, null);
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text);
    }

    public Task HtmlErrorAsync() => TextAsync(StatusCodes.Status502BadGateway, HtmlErrorPage, "text/html; charset=utf-8");

    public void Drop()
    {
        Record(status: 0, null);
        context.Abort();
    }

    private async Task WriteAsync(int code, string message, Action<Utf8JsonWriter>? data)
    {
        Record(StatusCodes.Status200OK, code == 0 ? null : code);
        var requestId = at.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + platform.NextNumber().ToString("X18", CultureInfo.InvariantCulture);
        var buffer = new ArrayBufferWriter<byte>(512);
        await using (var json = new Utf8JsonWriter(buffer))
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

        var response = context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = buffer.WrittenCount;
        response.Headers["X-TT-LOGID"] = requestId;
        response.Headers["x-tt-trace-id"] = requestId;
        await response.Body.WriteAsync(buffer.WrittenMemory);
    }

    private void Record(int status, object? code) => calls.Record(
        new CallRecord(at, TikTokPlatform.PlatformName, Audience, Operation, Rows, status, code, Fault), Audience is not null, Violation, Effect);
}
