namespace AudienceSync.Sandbox.Google;

/// <summary>One invalid field of a request; the field is a path in snake case (contract google 3).</summary>
internal sealed record FieldViolation(string Field, string Description, string? Reason);

/// <summary>An error envelope of the Data Manager API (contract google 6.5).</summary>
internal sealed record GoogleError(int Http, string Status, string Message)
{
    /// <summary>The reason in <c>ErrorInfo</c>; null omits all details.</summary>
    public string? Reason { get; init; }

    public string? QuotaLimit { get; init; }

    public IReadOnlyList<FieldViolation> Violations { get; init; } = [];

    public static readonly GoogleError Unauthenticated = new(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.");

    public static readonly GoogleError Denied = new(
        403,
        "PERMISSION_DENIED",
        "The caller does not have permission, or the resource does not exist."
    )
    {
        Reason = "PERMISSION_DENIED",
    };

    public static readonly GoogleError NotFound = new(404, "NOT_FOUND", "The resource was not found.") { Reason = "NOT_FOUND" };

    public static readonly GoogleError Aborted = new(409, "ABORTED", "The request was aborted by a concurrent change.")
    {
        Reason = "ABORTED",
    };

    public static readonly GoogleError Internal = new(500, "INTERNAL", "Internal error encountered.") { Reason = "INTERNAL_ERROR" };

    public static GoogleError Exhausted(string quotaLimit) =>
        new(429, "RESOURCE_EXHAUSTED", "Quota exceeded.") { Reason = "RESOURCE_EXHAUSTED", QuotaLimit = quotaLimit };

    /// <summary>Reported by the front end before the request reaches the service: the body is not a valid message of the method.</summary>
    public static GoogleError Payload(string description, string field = "") =>
        new(400, "INVALID_ARGUMENT", $"Invalid JSON payload received. {description}")
        {
            Violations = [new FieldViolation(field, $"Invalid JSON payload received. {description}", null)],
        };

    public static GoogleError Invalid(IReadOnlyList<FieldViolation> violations) =>
        new(400, "INVALID_ARGUMENT", "There was a problem with the request.") { Reason = "INVALID_ARGUMENT", Violations = violations };

    public static GoogleError Invalid(string field, string reason, string description) =>
        Invalid([new FieldViolation(field, description, reason)]);
}
