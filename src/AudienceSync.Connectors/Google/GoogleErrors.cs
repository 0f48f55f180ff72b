using System.Collections.Frozen;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Google;

/// <summary>One documented response and its outcome.</summary>
/// <param name="Code">Google's reason or canonical status.</param>
/// <param name="Kind">What to do next.</param>
/// <param name="IsOfMember">Whether one member causes it, who can be excluded when identified.</param>
public sealed record GoogleRule(string Code, OutcomeKind Kind, bool IsOfMember = false);

/// <summary>
/// The tables from (HTTP status, canonical status, reason, quota) to an outcome: contracts/google.md 6.5 and 6.6, and for the token
/// endpoint 2.1. A reason decides before the status; what neither table contains is retried, and the engine limits the retries.
/// </summary>
public static class GoogleErrors
{
    private const OutcomeKind Retry = OutcomeKind.Retry;
    private const OutcomeKind Split = OutcomeKind.SplitBatch;
    private const OutcomeKind AudienceStop = OutcomeKind.StopAudience;
    private const OutcomeKind AccountStop = OutcomeKind.StopAccount;

    /// <summary>By reason: of the ErrorInfo, or of a field violation.</summary>
    public static IReadOnlyList<GoogleRule> Reasons { get; } =
    [
        new("INTERNAL_ERROR", Retry),
        new("DEADLINE_EXCEEDED", Retry),
        new("RESOURCE_EXHAUSTED", OutcomeKind.Snooze),
        // One member causes the whole request to fail (6.4). When the member is not identified, halving the batch finds it.
        new("REQUIRED_FIELD_MISSING", Split, IsOfMember: true),
        new("INVALID_FORMAT", Split, IsOfMember: true),
        new("INVALID_HEX_ENCODING", Split, IsOfMember: true),
        new("INVALID_BASE64_ENCODING", Split, IsOfMember: true),
        new("INVALID_SHA256_FORMAT", Split, IsOfMember: true),
        new("INVALID_POSTAL_CODE", Split, IsOfMember: true),
        new("INVALID_REGION_CODE", Split, IsOfMember: true),
        new("INVALID_AUDIENCE_MEMBER", Split, IsOfMember: true),
        new("INVALID_MOBILE_ID_FORMAT", Split, IsOfMember: true),
        new("NO_IDENTIFIERS_PROVIDED", Split, IsOfMember: true),
        new("TOO_MANY_USER_IDENTIFIERS", Split, IsOfMember: true),
        new("TOO_MANY_AUDIENCE_MEMBERS", Split),
        new("TOO_MANY_ELEMENTS", Split),
        new("NOT_FOUND", AudienceStop),
        new("INVALID_ARGUMENT", AudienceStop),
        new("INVALID_ENUM_VALUE", AudienceStop),
        new("INVALID_USER_LIST_ID", AudienceStop),
        new("INVALID_USER_LIST_TYPE", AudienceStop),
        new("MULTIPLE_DATA_TYPES_NOT_ALLOWED", AudienceStop),
        new("TOO_MANY_DESTINATIONS", AudienceStop),
        new("DUPLICATE_DESTINATION_REFERENCE", AudienceStop),
        new("INVALID_DESTINATION", AudienceStop),
        new("INVALID_REQUEST_ID", AudienceStop),
        new("INVALID_REMOVE_AS_OF_TIME", AudienceStop),
        new("ALREADY_EXISTS", AudienceStop),
        new("DISPLAY_NAME_ALREADY_USED", AudienceStop),
        new("MEMBERSHIP_DURATION_TOO_LONG", AudienceStop),
        new("OWNERSHIP_REQUIRED_FOR_UPDATE", AudienceStop),
        new("IMMUTABLE_FIELD_FOR_UPDATE", AudienceStop),
        new("INVALID_UPDATE_MASK", AudienceStop),
        new("INVALID_FILTER", AudienceStop),
        new("INVALID_PAGE_TOKEN", AudienceStop),
        // "Not allowed" and "not there" share this status (6.5); a human must check the connection in both cases.
        new("PERMISSION_DENIED", AccountStop),
        new("NOT_ALLOWLISTED", AccountStop),
        new("TERMS_AND_CONDITIONS_NOT_SIGNED", AccountStop),
        new("ADVERTISER_NOT_ALLOWLISTED_FOR_UPLOADED_DATA", AccountStop),
        new("EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED", AccountStop),
        new("DESTINATION_ACCOUNT_TYPE_MISMATCH", AccountStop),
        // The account has no link to the product; a human must create it.
        new("REQUIRED_PREREQUISITE_LINK_MISSING", AccountStop),
    ];

    /// <summary>By HTTP status and canonical status, when no reason is known.</summary>
    public static IReadOnlyList<(int Http, GoogleRule Rule)> Statuses { get; } =
    [
        (400, new("INVALID_ARGUMENT", AudienceStop)),
        (400, new("FAILED_PRECONDITION", AudienceStop)),
        (401, new("UNAUTHENTICATED", AccountStop)),
        (403, new("PERMISSION_DENIED", AccountStop)),
        (404, new("NOT_FOUND", AudienceStop)),
        (409, new("ABORTED", Retry)),
        (429, new("RESOURCE_EXHAUSTED", OutcomeKind.Snooze)),
        (500, new("INTERNAL", Retry)),
        (503, new("UNAVAILABLE", Retry)),
        (504, new("DEADLINE_EXCEEDED", Retry)),
    ];

    /// <summary>The errors of the token endpoint: OAuth 2.0 (RFC 6749 5.2) and Google's own. Each of them needs a human.</summary>
    public static IReadOnlyList<string> TokenErrors { get; } =
    [
        "invalid_grant",
        "invalid_client",
        "unauthorized_client",
        "invalid_request",
        "invalid_scope",
        "unsupported_grant_type",
        "access_denied",
        "deleted_client",
        "disabled_client",
        "org_internal",
        "admin_policy_enforced",
    ];

    private static readonly FrozenDictionary<string, GoogleRule> ByReason = Reasons.ToFrozenDictionary(
        rule => rule.Code,
        StringComparer.Ordinal
    );

    private static readonly FrozenDictionary<string, GoogleRule> ByStatus = Statuses.ToFrozenDictionary(
        row => row.Rule.Code,
        row => row.Rule,
        StringComparer.Ordinal
    );

    /// <summary>Whether excluding the identified member helps; an unknown reason is trusted when it identifies a member.</summary>
    internal static bool IsOfMember(string? reason) => reason is null || !ByReason.TryGetValue(reason, out var rule) || rule.IsOfMember;

    /// <summary>The code of a reason, in our form.</summary>
    internal static string CodeOf(string? reason) =>
        reason is null ? "google_field_violation"
        : ByReason.ContainsKey(reason) ? $"google_{reason.ToLowerInvariant()}"
        : "google_unknown_reason";

    /// <summary>The outcome of an error object.</summary>
    internal static Outcome Of(GoogleAnswer answer, int http, DateTimeOffset now)
    {
        // A violation is more specific than its envelope, unless it only identifies a member.
        var reasons = answer
            .Violations.Select(violation => violation.Reason)
            .Append(answer.Reason)
            .OfType<string>()
            .Where(ByReason.ContainsKey)
            .ToList();
        var reason = reasons.Find(code => !ByReason[code].IsOfMember && code != "INVALID_ARGUMENT") ?? reasons.FirstOrDefault();
        var rule = reason is null ? RuleOf(answer, http) : ByReason[reason];
        return rule switch
        {
            null when answer.Reason is { } unknown => new Outcome(Retry, $"google_unknown_{unknown.ToLowerInvariant()}"),
            null => new Outcome(Retry, $"google_unknown_{http}"),
            { Kind: OutcomeKind.Snooze } => Throttled(answer.QuotaLimit, now),
            _ => new Outcome(rule.Kind, $"google_{rule.Code.ToLowerInvariant()}"),
        };
    }

    /// <summary>The outcome of a refusal by the token endpoint.</summary>
    internal static Outcome OfToken(int http, string? error) =>
        (http, error) switch
        {
            (429, _) => new Outcome(OutcomeKind.Snooze, "google_token_throttled", GoogleLimits.MinuteQuotaWait),
            (>= 500, _) => new Outcome(Retry, $"google_token_http_{http}"),
            (_, { } known) when TokenErrors.Contains(known) => new Outcome(AccountStop, $"google_token_{known}"),
            (_, { } unknown) => new Outcome(Retry, $"google_unknown_token_{unknown.ToLowerInvariant()}"),
            _ => new Outcome(Retry, $"google_unknown_token_{http}"),
        };

    // A reason without a row falls back to the status only where no other handling is possible: access, throttling and Google's own
    // failures.
    private static GoogleRule? RuleOf(GoogleAnswer answer, int http)
    {
        var rule =
            answer.Status is { } status && ByStatus.TryGetValue(status, out var named)
                ? named
                : Statuses.Where(row => row.Http == http && http != 400).Select(row => row.Rule).FirstOrDefault();
        return answer.Reason is not null && http == 400 ? null : rule;
    }

    /// <summary>A per-minute quota resets with the next minute, a daily quota with the next day (6.6).</summary>
    private static Outcome Throttled(string? quotaLimit, DateTimeOffset now) =>
        quotaLimit?.Contains("PerDay", StringComparison.Ordinal) == true
            ? new Outcome(OutcomeKind.Snooze, "google_quota_day", GoogleLimits.UntilDailyReset(now))
            : new Outcome(OutcomeKind.Snooze, "google_quota_minute", GoogleLimits.MinuteQuotaWait);
}
