using System.Text.Json;
using AudienceSync.Connectors.Http;

namespace AudienceSync.Connectors.Google;

/// <summary>One field violation: which member it identifies, if any, and why.</summary>
/// <param name="Member">The member's index in the request; null when the request itself is wrong.</param>
/// <param name="Reason">Google's reason code; null when there is none or when it does not have the form of a code.</param>
internal readonly record struct GoogleViolation(int? Member, string? Reason);

/// <summary>
/// The envelope of a response (contracts/google.md 6.5). Google's message texts are never read: they may quote what we sent.
/// </summary>
internal sealed record GoogleAnswer
{
    public bool IsJson { get; private init; }

    public bool IsError { get; private init; }

    /// <summary>The canonical status, <c>INVALID_ARGUMENT</c> and so on.</summary>
    public string? Status { get; private init; }

    /// <summary>The reason of the ErrorInfo.</summary>
    public string? Reason { get; private init; }

    /// <summary>Which quota is used up (6.6).</summary>
    public string? QuotaLimit { get; private init; }

    public IReadOnlyList<GoogleViolation> Violations { get; private init; } = [];

    public string? RequestId { get; private init; }

    public static GoogleAnswer Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonFields.Options);
            var root = document.RootElement;
            return root.Object("error") is { } error
                ? OfError(error)
                : new GoogleAnswer { IsJson = true, RequestId = root.Name("requestId") };
        }
        catch (JsonException)
        {
            return new GoogleAnswer();
        }
    }

    private static GoogleAnswer OfError(JsonElement error)
    {
        var info = Detail(error, "ErrorInfo");
        var violations = Detail(error, "BadRequest") is { } bad ? bad.Items("fieldViolations").Select(Violation).ToArray() : [];
        return new GoogleAnswer
        {
            IsJson = true,
            IsError = true,
            Status = error.Name("status"),
            Reason = info?.Name("reason"),
            QuotaLimit = info?.Object("metadata")?.Name("quota_limit"),
            Violations = violations,
            RequestId = Detail(error, "RequestInfo")?.Name("requestId") ?? info?.Object("metadata")?.Name("requestId"),
        };
    }

    private static JsonElement? Detail(JsonElement error, string type)
    {
        foreach (var detail in error.Items("details"))
        {
            if (detail.Text("@type")?.EndsWith("." + type, StringComparison.Ordinal) == true)
            {
                return detail;
            }
        }

        return null;
    }

    private static GoogleViolation Violation(JsonElement violation) => new(MemberOf(violation.Text("field")), violation.Name("reason"));

    /// <summary><c>audience_members[17].user_data...</c> identifies the eighteenth; either spelling of the field is accepted (3).</summary>
    private static int? MemberOf(string? field)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["audience_members[", "audienceMembers["])
        {
            if (
                field is not null
                && field.StartsWith(prefix, StringComparison.Ordinal)
                && field.IndexOf(']') is var end and > 0
                && int.TryParse(
                    field.AsSpan(prefix.Length, end - prefix.Length),
                    System.Globalization.NumberStyles.None,
                    provider: null,
                    out var member
                )
            )
            {
                return member;
            }
        }

        return null;
    }
}
