using System.Collections.Frozen;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Meta;

/// <summary>One documented response and its outcome.</summary>
/// <param name="Code">Meta's error code.</param>
/// <param name="Subcode">Its subcode; null for every subcode that has no row of its own.</param>
/// <param name="Kind">What to do next.</param>
/// <param name="Wait">How long to wait when the response itself does not specify it; null when the engine's backoff is enough.</param>
/// <param name="Grace">How long it may only mean that a new list is not yet known everywhere; null when it cannot mean that.</param>
public sealed record MetaRule(int Code, int? Subcode, OutcomeKind Kind, TimeSpan? Wait = null, TimeSpan? Grace = null);

/// <summary>
/// The table from (HTTP status, code, subcode) to an outcome: contracts/meta.md 14, 13.1, 11 and 8. The status decides only when the
/// response has no error object, because Meta throttles with 400 and fails with 200 (4, 13.1).
/// </summary>
/// <remarks>
/// An error of one audience stops that audience; an error that affects every audience of the account stops the account. A code without a
/// row is retried; the engine limits retries and parks members whose retries do not end.
/// </remarks>
public static class MetaErrors
{
    private const OutcomeKind Retry = OutcomeKind.Retry;
    private const OutcomeKind Throttled = OutcomeKind.Snooze;
    private const OutcomeKind AudienceStop = OutcomeKind.StopAudience;
    private const OutcomeKind AccountStop = OutcomeKind.StopAccount;

    /// <summary>Every throttle of a business use case has a code here (13.1, <c>8000x</c>).</summary>
    private const int FirstUseCaseThrottle = 80000;
    private const int UseCaseThrottles = 15;

    public static IReadOnlyList<MetaRule> Rules { get; } =
    [
        new(1, null, Retry),
        new(1, 99, Retry),
        new(2, null, Retry),
        new(5000, null, Retry),
        new(21009, null, Retry),
        new(341, null, Retry),
        new(368, null, Retry, MetaLimits.AbuseWait),
        new(4, null, Throttled),
        new(17, null, Throttled),
        new(17, 2446079, Throttled),
        new(32, null, Throttled),
        new(613, null, Throttled),
        new(613, 1487742, Throttled),
        new(613, 1996, Throttled),
        .. Enumerable.Range(FirstUseCaseThrottle, UseCaseThrottles).Select(code => new MetaRule(code, null, Throttled)),
        new(105, null, OutcomeKind.SplitBatch),
        new(3, null, AccountStop),
        new(10, null, AccountStop),
        new(102, null, AccountStop),
        new(104, null, AccountStop),
        new(190, null, AccountStop),
        new(190, 458, AccountStop),
        new(190, 459, AccountStop),
        new(190, 460, AccountStop),
        new(190, 463, AccountStop),
        new(190, 464, AccountStop),
        new(190, 467, AccountStop),
        new(190, 492, AccountStop),
        new(270, null, AccountStop),
        new(294, null, AccountStop),
        new(2635, null, AccountStop),
        new(2654, null, AccountStop),
        new(2654, 1713092, AccountStop),
        // Terms of service are accepted for the account, by a human (11).
        new(200, 1870034, AccountStop),
        new(200, 1870050, AccountStop),
        new(200, 1870090, AccountStop),
        new(200, 1870092, AccountStop),
        new(2655, null, AccountStop),
        new(2663, null, AccountStop),
        new(2664, null, AccountStop),
        new(100, null, AudienceStop),
        new(100, 33, AudienceStop),
        new(100, 1713228, AudienceStop),
        new(100, 1713230, AudienceStop),
        new(100, 1713231, AudienceStop),
        new(194, null, AudienceStop),
        new(200, null, AudienceStop),
        new(200, 1870047, AudienceStop),
        // Observed right after a list was created (14).
        new(803, null, AudienceStop, Grace: MetaLimits.NewListGrace),
        new(2656, null, AudienceStop),
        new(1487301, null, AudienceStop),
        new(1487366, null, AudienceStop),
        // A replace session of another client (8); the calls we make do not open one, so "restart the session" means to call again.
        new(2650, 1870145, Retry, MetaLimits.ReplaceRunningWait),
        new(2650, 1870147, Retry, MetaLimits.ReplaceRunningWait),
        new(2650, 1870148, Retry, MetaLimits.ReplaceRunningWait),
        new(2650, 1870158, Retry, MetaLimits.ReplaceRunningWait),
        new(2650, 1870144, AudienceStop),
        new(2650, 1870159, AudienceStop),
        new(2650, null, AudienceStop),
    ];

    private static readonly FrozenDictionary<(int Code, int Subcode), MetaRule> ByCode = Rules.ToFrozenDictionary(rule =>
        (rule.Code, rule.Subcode ?? 0)
    );

    /// <summary>
    /// The outcome of an error object. The code of the outcome contains Meta's numbers and never its text, which may quote what we sent.
    /// </summary>
    public static Outcome Of(int code, int? subcode)
    {
        var rule = ByCode.GetValueOrDefault((code, subcode ?? 0)) ?? ByCode.GetValueOrDefault((code, 0));
        return rule is null
            ? new Outcome(Retry, $"meta_unknown_{code}")
            : new Outcome(rule.Kind, subcode is > 0 ? $"meta_{code}_{subcode}" : $"meta_{code}", rule.Wait) { Grace = rule.Grace };
    }
}
