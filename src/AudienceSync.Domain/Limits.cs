namespace AudienceSync.Domain;

/// <summary>
/// Every limit that is part of the contract with a sender. docs/LIMITS.md lists them. One test compares that page with this file, and
/// another exceeds each limit by one.
/// </summary>
public static class Limits
{
    /// <summary>Bytes of one request body.</summary>
    public const int BodyBytes = 1024 * 1024;

    /// <summary>Bytes of one batch of webhooks.</summary>
    public const int BatchBytes = 4 * 1024 * 1024;

    /// <summary>Bytes of one suppression list.</summary>
    public const int ListBytes = 16 * 1024 * 1024;

    /// <summary>Bytes of the body of a query or an operation, except lists and declarations.</summary>
    public const int OperatorBodyBytes = 64 * 1024;

    /// <summary>Characters of a query parameter, decoded, and of a path segment.</summary>
    public const int ParameterChars = 200;

    /// <summary>Rows of one page of a response.</summary>
    public const int PageRows = 1_000;

    /// <summary>Nesting of a JSON body.</summary>
    public const int JsonDepth = 32;

    /// <summary>Events in one request.</summary>
    public const int EventsPerRequest = 500;

    /// <summary>Characters of an audience key.</summary>
    public const int AudienceKeyChars = 100;

    /// <summary>Audiences and keys in one question for a decision.</summary>
    public const int DecisionAudiences = 100;

    /// <summary>Characters of a sender's event id or idempotency key.</summary>
    public const int EventIdChars = 200;

    /// <summary>Characters of a customer id.</summary>
    public const int CustomerIdChars = 200;

    /// <summary>Characters of an e-mail address as sent (RFC 5321 allows 254).</summary>
    public const int EmailChars = 320;

    /// <summary>Characters of a phone number as sent.</summary>
    public const int PhoneChars = 64;

    /// <summary>Characters of each detail of a person: names, city, state, postal code, country, gender, birth date, device id.</summary>
    public const int DetailChars = 200;

    /// <summary>Characters of a context field: journey, step, variant, message.</summary>
    public const int ContextChars = 200;

    /// <summary>
    /// How far ahead of the receiver's clock a sender's time is accepted unchanged; beyond it, the time of receipt is used.
    /// </summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>How far ahead of the receiver's clock the time of an event may be.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromHours(24);

    /// <summary>Events that wait for the log's group commit; beyond it, the sender is asked to retry later.</summary>
    public const int QueuedEvents = 20_000;

    /// <summary>Distinct emails, and distinct phones, that one identifier may be sent with within a day before it stops linking.</summary>
    public const int LinkedAddressesPerDay = 20;

    /// <summary>The newest webhook schema that this version reads.</summary>
    public const int SchemaVersion = 2;

    /// <summary>Rows of the exposure log in one answer.</summary>
    public const int ExposureRows = 100_000;
}
