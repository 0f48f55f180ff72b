using System.Globalization;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;

namespace AudienceSync.Sandbox.Webhook;

/// <summary>One call from its first byte to its answer. Every way to end it writes one record, so that none is uncounted.</summary>
internal sealed class WebhookCall(HttpContext context, CallLog calls, DateTimeOffset at)
{
    private const string HtmlErrorPage = "<!DOCTYPE html><html><title>502</title><h1>Bad gateway</h1></html>";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public HttpContext Context => context;

    public DateTimeOffset At => at;

    public string Operation { get; set; } = "unknown";

    /// <summary>The list of the call when it exists.</summary>
    public string? Audience { get; set; }

    public bool Violation { get; set; }

    public FaultKind? Fault { get; set; }

    public int Rows { get; set; }

    public CallEffect Effect { get; set; }

    /// <summary>All taken, or 207 with the rows that were not.</summary>
    public Task AnswerAsync(IReadOnlyList<int> rejected) => rejected.Count == 0
        ? WriteAsync(StatusCodes.Status200OK, null, new { request_id = RequestId })
        : WriteAsync(StatusCodes.Status207MultiStatus, null, new
        {
            request_id = RequestId,
            rejected = rejected.Select(row => new { row, reason = "scripted" }),
            rejected_count = rejected.Count,
        });

    public Task RefuseAsync(int status, string code) => WriteAsync(status, code, new { request_id = RequestId, code });

    /// <summary>Says for how long: until the minute of the clock is over.</summary>
    public Task ThrottleAsync(DateTimeOffset now)
    {
        var left = Minute - TimeSpan.FromTicks(now.UtcTicks % Minute.Ticks);
        context.Response.Headers.RetryAfter = ((int)Math.Ceiling(left.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return RefuseAsync(StatusCodes.Status429TooManyRequests, "too_many_calls");
    }

    public Task HtmlErrorAsync()
    {
        Record(StatusCodes.Status502BadGateway, null);
        context.Response.StatusCode = StatusCodes.Status502BadGateway;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(HtmlErrorPage);
    }

    public Task DropAsync()
    {
        Record(status: 0, null);
        context.Abort();
        return Task.CompletedTask;
    }

    private string RequestId => $"{at.ToUnixTimeMilliseconds():x}-{Operation}";

    private async Task WriteAsync(int status, string? code, object body)
    {
        Record(status, code);
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, SandboxJson.Options);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes);
    }

    private void Record(int status, object? code) => calls.Record(
        new CallRecord(at, WebhookPlatform.PlatformName, Audience, Operation, Rows, status, code, Fault), Audience is not null, Violation, Effect);
}
