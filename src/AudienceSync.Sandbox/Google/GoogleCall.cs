using System.Globalization;
using System.Text.Json;
using AudienceSync.Sandbox.Admin;
using AudienceSync.Sandbox.Budgets;
using AudienceSync.Sandbox.Calls;

namespace AudienceSync.Sandbox.Google;

/// <summary>A call to Google's Data Manager API or its token endpoint.</summary>
internal sealed class GoogleCall(HttpContext context, GooglePlatform platform, CallLog calls, DateTimeOffset at)
    : PlatformCall(context, calls, at, GooglePlatform.PlatformName)
{
    private const string Types = "type.googleapis.com/google.rpc.";

    /// <summary>The request id in errors, and the id of the job in responses.</summary>
    public string RequestId { get; } = $"t-{platform.NextNumber().ToString("x16", CultureInfo.InvariantCulture)}";

    public string? Token { get; set; }

    public Credential? Caller { get; set; }

    public WindowedBudget? Budget { get; set; }

    /// <summary>Name of the quota group in errors.</summary>
    public string? QuotaGroup { get; set; }

    protected override string HtmlErrorPage =>
        "<!DOCTYPE html><html><title>Error 502 (Server Error)</title><p>The server encountered a temporary error.</html>";

    public void EndToken() => platform.Tokens.End(Token!);

    public Task RespondAsync(Action<Utf8JsonWriter> fields) => WriteAsync(StatusCodes.Status200OK, null, fields);

    public Task RefuseAsync(GoogleError error) =>
        WriteAsync(
            error.Http,
            error.Violations is [{ Reason: { } first }, ..] ? first : error.Status,
            json =>
            {
                json.WriteStartObject("error");
                json.WriteNumber("code", error.Http);
                json.WriteString("message", error.Message);
                json.WriteString("status", error.Status);
                if (error.Reason is not null || error.Violations.Count > 0)
                {
                    json.WriteStartArray("details");
                    WriteInfo(json, error);
                    WriteViolations(json, error.Violations);
                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }
        );

    /// <param name="code">The code that a refusal is counted under; null for none.</param>
    public Task WriteAsync(int status, string? code, Action<Utf8JsonWriter> fields) =>
        JsonAsync(
            status,
            code,
            json =>
            {
                json.WriteStartObject();
                fields(json);
                json.WriteEndObject();
            }
        );

    private void WriteInfo(Utf8JsonWriter json, GoogleError error)
    {
        if (error.Reason is null)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("@type", Types + "ErrorInfo");
        json.WriteString("reason", error.Reason);
        json.WriteString("domain", "datamanager.googleapis.com");
        json.WriteStartObject("metadata");
        json.WriteString("requestId", RequestId);
        if (error.QuotaLimit is not null)
        {
            json.WriteString("quota_limit", error.QuotaLimit);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("@type", Types + "RequestInfo");
        json.WriteString("requestId", RequestId);
        json.WriteEndObject();
    }

    private static void WriteViolations(Utf8JsonWriter json, IReadOnlyList<FieldViolation> violations)
    {
        if (violations.Count == 0)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("@type", Types + "BadRequest");
        json.WriteStartArray("fieldViolations");
        foreach (var violation in violations)
        {
            json.WriteStartObject();
            json.WriteString("field", violation.Field);
            json.WriteString("description", violation.Description);
            if (violation.Reason is not null)
            {
                json.WriteString("reason", violation.Reason);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
