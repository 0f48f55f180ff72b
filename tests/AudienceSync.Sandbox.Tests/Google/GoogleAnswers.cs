using System.Text.Json;

namespace AudienceSync.Sandbox.Tests.Google;

/// <summary>Reads the error envelope of contract google 6.5.</summary>
internal static class GoogleAnswers
{
    public static string? Status(this Answer answer) => answer.Error.GetProperty("status").GetString();

    public static JsonElement Detail(this Answer answer, string type) => answer.Error.GetProperty("details").EnumerateArray()
        .Single(detail => detail.GetProperty("@type").GetString() == $"type.googleapis.com/google.rpc.{type}");

    public static (string? Field, string? Reason) Violation(this Answer answer)
    {
        answer.Status.ShouldBe(400, answer.Text);
        var first = answer.Detail("BadRequest").GetProperty("fieldViolations")[0];
        return (first.GetProperty("field").GetString(), first.TryGetProperty("reason", out var reason) ? reason.GetString() : null);
    }

    public static string? QuotaLimit(this Answer answer)
    {
        (answer.Status, answer.Status()).ShouldBe((429, "RESOURCE_EXHAUSTED"));
        return answer.Detail("ErrorInfo").GetProperty("metadata").GetProperty("quota_limit").GetString();
    }
}
