using System.Buffers;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Meta;

/// <summary>
/// One call from admission to answer. Every way to end it writes the usage header and one record, so that none is uncounted.
/// </summary>
internal sealed class MetaCall(HttpContext context, MetaPlatform platform, CallLog calls, DateTimeOffset at, string? target, string operation)
{
    private const string HtmlErrorPage =
        "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>";

    public bool TargetExists { get; init; }

    public MetaAccount? Account { get; set; }

    public Usage Usage { get; set; }

    public FaultKind? Fault { get; set; }

    public int Rows { get; set; }

    public CallEffect Effect { get; set; }

    public Task AnswerAsync(Action<Utf8JsonWriter> body) => WriteAsync(StatusCodes.Status200OK, null, body);

    public Task RefuseAsync(GraphError error) => WriteAsync(error.Status, error.Code, json =>
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", error.Message);
        json.WriteString("type", "OAuthException");
        json.WriteNumber("code", error.Code);
        if (error.Subcode is { } subcode)
        {
            json.WriteNumber("error_subcode", subcode);
        }

        if (error.UserTitle is not null)
        {
            json.WriteString("error_user_title", error.UserTitle);
            json.WriteString("error_user_msg", error.UserMessage);
        }

        json.WriteBoolean("is_transient", error.IsTransient);
        json.WriteString("fbtrace_id", $"Asandbox{platform.NextNumber():x15}");
        json.WriteEndObject();
        json.WriteEndObject();
    });

    public Task HtmlErrorAsync()
    {
        Record(StatusCodes.Status502BadGateway, null);
        context.Response.StatusCode = StatusCodes.Status502BadGateway;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(HtmlErrorPage);
    }

    public void Drop()
    {
        Record(status: 0, null);
        context.Abort();
    }

    private async Task WriteAsync(int status, int? code, Action<Utf8JsonWriter> body)
    {
        Record(status, code);
        var buffer = new ArrayBufferWriter<byte>(512);
        await using (var json = new Utf8JsonWriter(buffer))
        {
            body(json);
        }

        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=UTF-8";
        response.ContentLength = buffer.WrittenCount;
        if (Account is not null)
        {
            response.Headers["X-Business-Use-Case-Usage"] = UsageHeader(Account);
        }

        await response.Body.WriteAsync(buffer.WrittenMemory);
    }

    // Contract 13.2: percentages as integers, the regain time in minutes. Processor time is not imitated and stays 0.
    private string UsageHeader(MetaAccount account) =>
        $"{{\"{account.Number}\":[{{\"type\":\"custom_audience\",\"call_count\":{Usage.Percent},\"total_cputime\":0,\"total_time\":0,"
        + $"\"estimated_time_to_regain_access\":{Usage.RegainMinutes},\"ads_api_access_tier\":\"{account.Settings.Tier}\"}}]}}";

    private void Record(int status, int? code) => calls.Record(
        new CallRecord(at, MetaPlatform.PlatformName, target is { Length: > 40 } ? target[..40] : target, operation, Rows, status, code, Fault), TargetExists, Usage.Violation, Effect);
}
