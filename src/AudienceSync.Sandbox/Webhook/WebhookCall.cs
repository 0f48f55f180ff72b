using System.Globalization;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Calls;

namespace AudienceSync.Sandbox.Webhook;

/// <summary>A call to the simulated receiver.</summary>
internal sealed class WebhookCall(HttpContext context, CallLog calls, DateTimeOffset at)
    : PlatformCall(context, calls, at, WebhookPlatform.PlatformName)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    protected override string HtmlErrorPage => "<!DOCTYPE html><html><title>502</title><h1>Bad gateway</h1></html>";

    /// <summary>200 when all rows were accepted, or 207 with the rejected rows.</summary>
    public Task RespondAsync(IReadOnlyList<int> rejected) =>
        rejected.Count == 0
            ? WriteAsync(StatusCodes.Status200OK, null, new { request_id = RequestId })
            : WriteAsync(
                StatusCodes.Status207MultiStatus,
                null,
                new
                {
                    request_id = RequestId,
                    rejected = rejected.Select(row => new { row, reason = "scripted" }),
                    rejected_count = rejected.Count,
                }
            );

    public Task RefuseAsync(int status, string code) => WriteAsync(status, code, new { request_id = RequestId, code });

    /// <summary>The response states the wait time: until the end of the current clock minute.</summary>
    public Task ThrottleAsync(DateTimeOffset now)
    {
        var left = Minute - TimeSpan.FromTicks(now.UtcTicks % Minute.Ticks);
        Context.Response.Headers.RetryAfter = ((int)Math.Ceiling(left.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return RefuseAsync(StatusCodes.Status429TooManyRequests, "too_many_calls");
    }

    private string RequestId => $"{At.ToUnixTimeMilliseconds():x}-{Operation}";

    private Task WriteAsync(int status, string? code, object body) =>
        JsonAsync(status, code, json => JsonSerializer.Serialize(json, body, SandboxJson.Options));
}
