namespace AudienceSync.Host.Ingest;

/// <summary>
/// Every refusal that a sender can receive, with its stable code. Senders retry 408, 409, 429 and 5xx for hours and other 4xx never
/// (contracts/customerio.md 1.4), so the status states whether sending again can help: never 409, and 503 only when it can.
/// </summary>
public sealed record IngestProblem(int Status, string Code, string Detail)
{
    public static readonly IngestProblem Unauthorized = new(
        401,
        "unauthorized",
        "The token is missing or unknown. Send it as Bearer, or as the password of Basic."
    );
    public static readonly IngestProblem SignatureMissing = new(
        401,
        "signature_missing",
        "This source requires X-CIO-Signature and X-CIO-Timestamp, each once."
    );
    public static readonly IngestProblem SignatureWrong = new(
        401,
        "signature_wrong",
        "The signature does not match the raw body and the timestamp under any key of this source."
    );
    public static readonly IngestProblem InvalidSignatureTimestamp = new(
        401,
        "invalid_signature_timestamp",
        "X-CIO-Timestamp must be unix seconds, in 1 to 20 digits."
    );
    public static readonly IngestProblem SignatureExpired = new(
        401,
        "signature_expired",
        "The signed timestamp is older than this source allows. Sign the request again."
    );
    public static readonly IngestProblem SignatureInFuture = new(
        401,
        "signature_in_future",
        "The signed timestamp is more than 24 hours ahead of the receiver's clock."
    );
    public static readonly IngestProblem UnknownReportingSource = new(
        401,
        "unknown_reporting_source",
        "There is no such reporting source. When there are several, name one: ?source=NAME."
    );
    public static readonly IngestProblem AddressNotAllowed = new(
        403,
        "address_not_allowed",
        "This source does not accept requests from the address of this connection."
    );
    public static readonly IngestProblem BrokenRequest = new(
        400,
        "broken_request",
        "The request is incomplete, or its framing is ambiguous. Nothing of it was stored."
    );
    public static readonly IngestProblem BodyTooLarge = new(
        413,
        "body_too_large",
        "The body exceeds 1,048,576 bytes. Nothing of it was stored."
    );
    public static readonly IngestProblem BatchTooLarge = new(
        413,
        "batch_too_large",
        "The batch exceeds 4,194,304 bytes. Nothing of it was stored."
    );
    public static readonly IngestProblem UnsupportedType = new(
        415,
        "unsupported_media_type",
        "Send Content-Type: application/json or application/x-www-form-urlencoded, for a batch "
            + "application/json or application/x-ndjson, in UTF-8."
    );
    public static readonly IngestProblem UnsupportedEncoding = new(415, "unsupported_encoding", "Send the body without Content-Encoding.");
    public static readonly IngestProblem MalformedJson = new(
        422,
        "malformed_json",
        "The body is not one JSON value in UTF-8 without duplicate properties, at most 32 levels deep."
    );
    public static readonly IngestProblem MalformedForm = new(
        422,
        "malformed_form",
        "The form is not in UTF-8, has an invalid escape, a duplicate field, too deep nesting or too many fields."
    );
    public static readonly IngestProblem NotAnEvent = new(422, "not_an_event", "The body must be one event object or an array of them.");
    public static readonly IngestProblem NoEvents = new(422, "no_events", "The array or batch has no events.");
    public static readonly IngestProblem TooManyEvents = new(422, "too_many_events", "An array or batch may have at most 500 events.");
    public static readonly IngestProblem MissingEvent = new(
        422,
        "missing_event",
        "The field event must be audience_add, audience_remove, exposure, person_consent, person_suppress or person_unsuppress."
    );
    public static readonly IngestProblem InvalidSchemaVersion = new(
        422,
        "invalid_schema_version",
        "The field schema_version must be a whole number from 1."
    );
    public static readonly IngestProblem InvalidEventId = new(
        422,
        "invalid_event_id",
        "An event id or idempotency key must be text of 1 to 200 characters."
    );
    public static readonly IngestProblem InvalidAudienceKey = new(
        422,
        "invalid_audience_key",
        "The field audience_key must be a name and a version: high_intent_cart_7d_v1, 100 characters at most."
    );
    public static readonly IngestProblem InvalidOccurredAt = new(
        422,
        "invalid_occurred_at",
        "The field occurred_at must be an ISO 8601 time or unix time, from the year 2000 on."
    );
    public static readonly IngestProblem MissingKeyAndTime = new(
        422,
        "missing_event_id",
        "Without an event id the field occurred_at is required, because a retry would count twice."
    );
    public static readonly IngestProblem MissingIdOrTime = new(
        422,
        "missing_id_or_time",
        "Schema 2 needs both an event id and occurred_at."
    );
    public static readonly IngestProblem UnknownField = new(
        422,
        "unknown_field",
        "Schema 2 refuses unknown fields of the event and of person."
    );
    public static readonly IngestProblem InvalidPerson = new(
        422,
        "invalid_person",
        "The field person must be an object whose identifiers are text."
    );
    public static readonly IngestProblem MissingPerson = new(
        422,
        "missing_person",
        "There is no customer_id, email or phone that can identify a person."
    );
    public static readonly IngestProblem FieldTooLong = new(
        422,
        "field_too_long",
        "An identifier or a context field is longer than docs/LIMITS.md allows."
    );
    public static readonly IngestProblem InvalidConsent = new(
        422,
        "invalid_consent",
        "Consent must be granted or denied for ad_user_data and ad_personalization."
    );
    public static readonly IngestProblem UnknownDestination = new(
        422,
        "unknown_destination",
        "The field destination must name a destination of this workspace, or be left out."
    );
    public static readonly IngestProblem InvalidText = new(
        422,
        "invalid_text",
        "A text that the event needs has half of a surrogate pair, or the character NUL."
    );
    public static readonly IngestProblem QueueFull = new(503, "queue_full", "Too many events are waiting. Send it again later.");
    public static readonly IngestProblem StorageDown = new(503, "storage_down", "The event log does not respond. Send it again later.");
    public static readonly IngestProblem StorageSlow = new(
        503,
        "storage_slow",
        "The event log did not respond in time and may still store it. Send it again later: events already stored are duplicates."
    );

    public static readonly IngestProblem TooManyBodies = new(
        503,
        "too_many_bodies",
        "Too many requests without a token are being read. Send it again later."
    );
    public static readonly IngestProblem BodyTooSlow = new(503, "body_too_slow", "The body did not arrive in time. Send it again later.");

    public static readonly IReadOnlyList<IngestProblem> All =
    [
        Unauthorized,
        SignatureMissing,
        SignatureWrong,
        InvalidSignatureTimestamp,
        SignatureExpired,
        SignatureInFuture,
        UnknownReportingSource,
        AddressNotAllowed,
        BrokenRequest,
        BodyTooLarge,
        BatchTooLarge,
        UnsupportedType,
        UnsupportedEncoding,
        MalformedJson,
        MalformedForm,
        NotAnEvent,
        NoEvents,
        TooManyEvents,
        MissingEvent,
        InvalidSchemaVersion,
        InvalidEventId,
        InvalidAudienceKey,
        InvalidOccurredAt,
        MissingKeyAndTime,
        MissingIdOrTime,
        UnknownField,
        InvalidPerson,
        MissingPerson,
        FieldTooLong,
        InvalidConsent,
        UnknownDestination,
        InvalidText,
        QueueFull,
        StorageDown,
        StorageSlow,
        TooManyBodies,
        BodyTooSlow,
    ];

    public bool Retryable => Status >= 500;
}
