using AudienceSync.Domain.Identity;
using AudienceSync.Host.Ingest.Quarantine;

namespace AudienceSync.Host.Ingest.Reading;

/// <summary>
/// The codes that a warning may have. Most of them are also codes of refusals or of quarantine, because it is the same fault in an event
/// that does not need the field.
/// </summary>
public static class WarningCodes
{
    /// <summary><c>occurred_at</c> is more than <see cref="Domain.Limits.ClockSkew"/> ahead: the time of receipt is used instead.</summary>
    public const string ClockAhead = "clock_ahead";

    /// <summary>For <c>context</c>, which no event needs.</summary>
    public const string InvalidContext = "invalid_context";

    /// <summary>For <c>reason</c>, which no event needs.</summary>
    public const string InvalidReason = "invalid_reason";

    /// <summary>Never in a response: counted for a source when an id arrives again with different content.</summary>
    public const string IdReused = "id_reused";

    public static readonly IReadOnlyList<string> All =
    [
        ClockAhead,
        QuarantineReason.OccurredInFuture.Code,
        QuarantineReason.NewerSchemaVersion.Code,
        IngestProblem.InvalidSchemaVersion.Code,
        IngestProblem.InvalidEventId.Code,
        IngestProblem.MissingKeyAndTime.Code,
        IngestProblem.InvalidOccurredAt.Code,
        IngestProblem.InvalidPerson.Code,
        IngestProblem.FieldTooLong.Code,
        IngestProblem.InvalidText.Code,
        IngestProblem.MalformedJson.Code,
        IngestProblem.MalformedForm.Code,
        IngestProblem.InvalidConsent.Code,
        InvalidContext,
        IngestProblem.UnknownDestination.Code,
        InvalidReason,
        IngestProblem.UnknownField.Code,
        IngestProblem.MissingIdOrTime.Code,
        .. Enum.GetValues<IdentifierFault>()
            .Where(fault => fault is not (IdentifierFault.None or IdentifierFault.InvalidText))
            .Select(fault => fault.Code()),
    ];
}
