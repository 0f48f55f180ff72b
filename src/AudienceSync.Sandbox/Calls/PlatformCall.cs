using System.Buffers;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Faults;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Calls;

/// <summary>
/// One call to a platform from admission to response: the part common to all platforms. Every way to complete it writes one record, so that
/// no call is uncounted.
/// </summary>
internal abstract class PlatformCall(HttpContext context, CallLog calls, DateTimeOffset at, string platform)
{
    public HttpContext Context => context;

    public DateTimeOffset At => at;

    public required string Operation { get; set; }

    /// <summary>The list of the call, when it has exactly one and the list exists.</summary>
    public string? Audience { get; set; }

    /// <summary>The caller exceeded a budget.</summary>
    public bool Violation { get; set; }

    public FaultKind? Fault { get; private set; }

    public int Rows { get; set; }

    public CallEffect Effect { get; set; }

    /// <summary>The response of a proxy in front of the platform.</summary>
    protected abstract string HtmlErrorPage { get; }

    /// <summary>The target that the record is counted under; a list that does not exist is named but not counted.</summary>
    protected virtual (string? Name, bool Known) Target => (Audience, Audience is not null);

    /// <summary>Gets the next scripted fault, waits for its delay, and applies faults that are the same on every platform.</summary>
    /// <param name="audience">The id by which rules name the list.</param>
    /// <param name="list">The list, when it exists.</param>
    /// <returns>The rule that fired, and whether it completed the call.</returns>
    public async Task<(FaultRule? Rule, bool Ended)> InjectFaultAsync(
        FaultPlan faults,
        TimeProvider clock,
        FaultOperation operation,
        string? audience,
        AudienceList? list
    )
    {
        var rule = faults.Next(platform, audience, operation);
        Fault = rule?.Kind;
        if (rule?.DelayMs is > 0 and var delayMs)
        {
            // Not bound to the request: a client that disconnects must not cancel the work of the platform.
            await Task.Delay(TimeSpan.FromMilliseconds(delayMs), clock);
        }

        switch (rule?.Kind)
        {
            case FaultKind.DropBefore:
                Drop();
                return (rule, true);
            case FaultKind.HtmlError:
                await TextAsync(StatusCodes.Status502BadGateway, HtmlErrorPage, "text/html; charset=utf-8");
                return (rule, true);
            case FaultKind.ListDeleted:
                list?.Delete();
                return (rule, false);
            case FaultKind.HumanEdit:
                list?.EditManually(rule.Seed);
                return (rule, false);
            default:
                return (rule, false);
        }
    }

    /// <summary>Writes the response, or drops the connection for a fault that lets the call take effect.</summary>
    public Task CompleteAsync(Func<Task> respond)
    {
        if (Fault != FaultKind.DropAfter)
        {
            return respond();
        }

        Drop();
        return Task.CompletedTask;
    }

    public Task TextAsync(int status, string text, string type = "text/plain")
    {
        Record(status, null);
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text);
    }

    /// <param name="code">The code that a refusal is counted under; null for none.</param>
    protected async Task JsonAsync(int status, object? code, Action<Utf8JsonWriter> write)
    {
        Record(status, code);
        var buffer = new ArrayBufferWriter<byte>(512);
        await using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=UTF-8";
        response.ContentLength = buffer.WrittenCount;
        await response.Body.WriteAsync(buffer.WrittenMemory);
    }

    private void Drop()
    {
        Record(status: 0, null);
        context.Abort();
    }

    private void Record(int status, object? code)
    {
        var (name, known) = Target;
        calls.Record(new CallRecord(at, platform, name, Operation, Rows, status, code, Fault), known, Violation, Effect);
    }
}
