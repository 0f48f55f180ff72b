namespace AudienceSync.Sandbox.Google;

/// <summary>A warning of a request that was accepted (contract google 6.2).</summary>
internal sealed record FieldWarning(string Field, string Reason, string Description);

/// <summary>What is wrong with one request. Any of it refuses the whole request (contract google 6.4), warnings aside.</summary>
internal sealed class Findings
{
    private readonly List<FieldViolation> violations = [];
    private readonly List<FieldWarning> warnings = [];
    private GoogleError? refusal;

    public GoogleError? Error => refusal ?? (violations.Count == 0 ? null : GoogleError.Invalid(violations));

    public IReadOnlyList<FieldWarning> Warnings => warnings;

    /// <summary>The body is no message of the method; only the first is told.</summary>
    public void Refuse(string field, string description) => refusal ??= GoogleError.Payload(description, field);

    public void Refuse(GoogleError error) => refusal ??= error;

    public void Wrong(string field, string reason, string description) => violations.Add(new FieldViolation(field, description, reason));

    /// <returns>Null, for the value that could not be read.</returns>
    public T? Wrong<T>(string field, string reason, string description)
        where T : class
    {
        Wrong(field, reason, description);
        return null;
    }

    public void Missing(string field) => Wrong(field, "REQUIRED_FIELD_MISSING", "A required field is missing.");

    public void Warn(string field, string reason, string description) => warnings.Add(new FieldWarning(field, reason, description));
}
