using System.Text.Json;

namespace AudienceSync.Sandbox.Tests.Google;

/// <summary>Reads the error envelope of contract google 6.5.</summary>
internal static class GoogleResponses
{
    public static string? Status(this Response response) => response.Error.GetProperty("status").GetString();

    public static JsonElement Detail(this Response response, string type) =>
        response
            .Error.GetProperty("details")
            .EnumerateArray()
            .Single(detail => detail.GetProperty("@type").GetString() == $"type.googleapis.com/google.rpc.{type}");

    public static (string? Field, string? Reason) Violation(this Response response)
    {
        response.Status.ShouldBe(400, response.Text);
        var first = response.Detail("BadRequest").GetProperty("fieldViolations")[0];
        return (first.GetProperty("field").GetString(), first.TryGetProperty("reason", out var reason) ? reason.GetString() : null);
    }

    public static string? QuotaLimit(this Response response)
    {
        (response.Status, response.Status()).ShouldBe((429, "RESOURCE_EXHAUSTED"));
        return response.Detail("ErrorInfo").GetProperty("metadata").GetProperty("quota_limit").GetString();
    }
}
