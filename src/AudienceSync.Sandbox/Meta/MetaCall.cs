using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Calls;

namespace AudienceSync.Sandbox.Meta;

/// <summary>A call to Meta. Every response contains the usage header.</summary>
internal sealed class MetaCall(HttpContext context, MetaPlatform platform, CallLog calls, DateTimeOffset at, string? target)
    : PlatformCall(context, calls, at, MetaPlatform.PlatformName)
{
    private const int MaxTargetLength = 40;

    public bool TargetExists { get; init; }

    public MetaAccount? Account { get; set; }

    public Usage Usage
    {
        get;
        set => (field, Violation) = (value, value.Violation);
    }

    protected override string HtmlErrorPage =>
        "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>";

    protected override (string? Name, bool Known) Target =>
        (target is { Length: > MaxTargetLength } ? target[..MaxTargetLength] : target, TargetExists);

    public Task RespondAsync(Action<Utf8JsonWriter> body) => WriteAsync(StatusCodes.Status200OK, null, body);

    public Task RefuseAsync(GraphError error) =>
        WriteAsync(
            error.Status,
            error.Code,
            json =>
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
            }
        );

    private Task WriteAsync(int status, int? code, Action<Utf8JsonWriter> body)
    {
        if (Account is not null)
        {
            Context.Response.Headers["X-Business-Use-Case-Usage"] = UsageHeader(Account);
        }

        return JsonAsync(status, code, body);
    }

    // Contract 13.2: percentages as integers, the regain time in minutes. Processor time is not simulated and is always 0.
    private string UsageHeader(MetaAccount account) =>
        $"{{\"{account.Number}\":[{{\"type\":\"custom_audience\",\"call_count\":{Usage.Percent},\"total_cputime\":0,\"total_time\":0,"
        + $"\"estimated_time_to_regain_access\":{Usage.RegainMinutes},\"ads_api_access_tier\":\"{account.Settings.Tier}\"}}]}}";
}
