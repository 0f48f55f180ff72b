namespace AudienceSync.Sandbox.Google;

/// <summary>A warning of a request that was accepted (contract google 6.2).</summary>
internal sealed record FieldWarning(string Field, string Reason, string Description);

/// <summary>The errors and warnings of one request. Any error refuses the whole request (contract google 6.4); warnings do not.</summary>
internal sealed class Findings
{
    private readonly List<FieldViolation> violations = [];
    private readonly List<FieldWarning> warnings = [];
    private GoogleError? refusal;

    public GoogleError? Error => refusal ?? (violations.Count == 0 ? null : GoogleError.Invalid(violations));

    public IReadOnlyList<FieldWarning> Warnings => warnings;

    /// <summary>The body is not a valid message of the method; only the first such error is reported.</summary>
    public void Refuse(string field, string description) => refusal ??= GoogleError.Payload(description, field);

    public void Refuse(GoogleError error) => refusal ??= error;

    public void Add(string field, string reason, string description) => violations.Add(new FieldViolation(field, description, reason));

    /// <returns>Null, as the result for the value that could not be read.</returns>
    public T? Add<T>(string field, string reason, string description)
        where T : class
    {
        Add(field, reason, description);
        return null;
    }

    public void Missing(string field) => Add(field, "REQUIRED_FIELD_MISSING", "A required field is missing.");

    public void Warn(string field, string reason, string description) => warnings.Add(new FieldWarning(field, reason, description));
}
