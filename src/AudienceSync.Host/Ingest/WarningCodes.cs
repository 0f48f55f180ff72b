using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest;

/// <summary>The codes a warning may have. All but one are codes of refusals and of quarantine, because it is the same fault in an event that can do without.</summary>
public static class WarningCodes
{
    /// <summary><c>occurred_at</c> is more than <see cref="Domain.Limits.ClockSkew"/> ahead: the time of receipt counts instead.</summary>
    public const string ClockAhead = "clock_ahead";

    /// <summary>Of <c>context</c>, which no event needs.</summary>
    public const string InvalidContext = "invalid_context";

    /// <summary>Of <c>reason</c>, which no event needs.</summary>
    public const string InvalidReason = "invalid_reason";

    /// <summary>Never in an answer: what a source's counts say of an id that came again with something else.</summary>
    public const string IdReused = "id_reused";

    public static readonly IReadOnlyList<string> All =
    [
        ClockAhead, QuarantineReason.OccurredInFuture.Code, QuarantineReason.NewerSchemaVersion.Code, IngestProblem.InvalidSchemaVersion.Code,
        IngestProblem.InvalidEventId.Code, IngestProblem.MissingKeyAndTime.Code, IngestProblem.InvalidOccurredAt.Code, IngestProblem.InvalidPerson.Code,
        IngestProblem.FieldTooLong.Code, IngestProblem.InvalidText.Code, IngestProblem.InvalidConsent.Code, InvalidContext,
        IngestProblem.UnknownDestination.Code, InvalidReason, IngestProblem.UnknownField.Code, IngestProblem.MissingIdOrTime.Code,
        .. Enum.GetValues<IdentifierFault>().Where(fault => fault is not (IdentifierFault.None or IdentifierFault.InvalidText)).Select(fault => fault.Code()),
    ];
}
