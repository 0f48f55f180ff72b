namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// Faults of fields that no event needs: only ever warnings, but of the same type as refusals because the same readers find them.
/// </summary>
internal static class FieldFaults
{
    public static readonly IngestProblem Context = new(
        422,
        WarningCodes.InvalidContext,
        "The field context must be an object whose journey, step, variant and message are text."
    );

    public static readonly IngestProblem Reason = new(422, WarningCodes.InvalidReason, "The field reason must be text.");
}
