namespace AudienceSync.Host.Ingest.Quarantine;

/// <summary>
/// Why a well-formed event is held instead of being applied. The sender is answered 202: the sender did nothing that a retry would correct.
/// </summary>
public sealed record QuarantineReason(string Code, string Detail)
{
    public static readonly QuarantineReason UnknownAudienceKey = new(
        "unknown_audience_key",
        "No audience of this workspace has published this key."
    );
    public static readonly QuarantineReason RetiredAudienceKey = new(
        "retired_audience_key",
        "This key is retired and accepts no more events."
    );
    public static readonly QuarantineReason DrainingAudienceKey = new(
        "draining_audience_key",
        "Another version was promoted over this key, and its late events are held back."
    );
    public static readonly QuarantineReason NewerSchemaVersion = new(
        "newer_schema_version",
        "This version of the receiver does not support this schema_version yet."
    );
    public static readonly QuarantineReason UnknownEvent = new(
        "unknown_event",
        "This version of the receiver does not support this event."
    );
    public static readonly QuarantineReason OccurredInFuture = new(
        "occurred_in_future",
        "occurred_at is more than 24 hours ahead of the receiver's clock."
    );
    public static readonly QuarantineReason TestSend = new("test_send", "A test send: it was validated and kept, and has no effect.");
    public static readonly QuarantineReason TooManyAddresses = new(
        "too_many_addresses",
        "The identifier was sent with too many emails or phones to belong to one person. No new ones are linked."
    );
    public static readonly QuarantineReason ReportingWebhook = new(
        "reporting_webhook",
        "A reporting webhook, which this endpoint does not process. It was kept, and has no effect."
    );
    public static readonly QuarantineReason ReportWithoutPerson = new(
        "report_without_person",
        "The report names no person by id or email. It was kept, and has no effect."
    );
    public static readonly QuarantineReason ReportUnreadable = new(
        "report_unreadable",
        "The report is not a JSON object with a metric. It was kept, and has no effect."
    );
    public static readonly QuarantineReason Unstorable = new("unstorable", "The event log cannot store this content.");

    internal static readonly IReadOnlyList<QuarantineReason> All =
    [
        UnknownAudienceKey,
        RetiredAudienceKey,
        DrainingAudienceKey,
        NewerSchemaVersion,
        UnknownEvent,
        OccurredInFuture,
        TestSend,
        ReportingWebhook,
        ReportWithoutPerson,
        ReportUnreadable,
        TooManyAddresses,
        Unstorable,
    ];
}
