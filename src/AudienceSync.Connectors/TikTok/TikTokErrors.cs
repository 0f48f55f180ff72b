using System.Collections.Frozen;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.TikTok;

/// <summary>One documented code and its outcome.</summary>
/// <param name="Code">The code inside the body; the HTTP status is 200 for nearly all.</param>
/// <param name="Kind">What to do next.</param>
/// <param name="Wait">How long to wait; null when the engine's backoff is enough.</param>
public sealed record TikTokRule(int Code, OutcomeKind Kind, TimeSpan? Wait = null);

/// <summary>
/// The table from (HTTP status, code, and for 40002 what kind of it) to an outcome: contracts/tiktok.md 10, 9 and 4. 40100 looks like an
/// access error but is a throttle; access errors begin at 40101 (9).
/// </summary>
public static class TikTokErrors
{
    public const int Ok = 0;

    /// <summary>Has two meanings: a wrong parameter, or an audience that is empty, too small or being computed (10).</summary>
    public const int Parameter = 40002;

    private const OutcomeKind Retry = OutcomeKind.Retry;
    private const OutcomeKind AudienceStop = OutcomeKind.StopAudience;
    private const OutcomeKind AccountStop = OutcomeKind.StopAccount;

    public static IReadOnlyList<TikTokRule> Rules { get; } =
    [
        new(Ok, OutcomeKind.Done),
        new(20001, OutcomeKind.PartlyDone),
        new(40016, OutcomeKind.Snooze),
        new(40100, OutcomeKind.Snooze),
        new(40132, OutcomeKind.Snooze),
        new(40133, OutcomeKind.Snooze),
        new(40011, OutcomeKind.SplitBatch),
        // Repeating the call is harmless and is the only way to find out (5.2: there is no read-back).
        new(40050, Retry),
        new(40201, Retry),
        new(40202, Retry),
        new(50000, Retry),
        new(50001, Retry),
        new(50002, Retry),
        new(51001, Retry),
        new(51039, Retry),
        new(51305, Retry),
        new(60001, Retry, TikTokLimits.MaintenanceWait),
        new(40000, AudienceStop),
        new(Parameter, AudienceStop),
        new(40007, AudienceStop),
        new(40200, AudienceStop),
        new(40700, AudienceStop),
        // The file API, which we do not use: whatever causes them must be investigated on our side.
        .. new[] { 40900, 40905, 40906, 40907, 40908, 40909, 40910, 40914, 40915 }.Select(code => new TikTokRule(code, AudienceStop)),
        new(40001, AccountStop),
        // A wrong version, host or endpoint is wrong for every audience.
        .. new[] { 40006, 40008, 40009, 40010, 40013, 40014, 40051, 41001, 41002 }.Select(code => new TikTokRule(code, AccountStop)),
        // Token, app and advertiser.
        .. new[]
        {
            40101,
            40102,
            40103,
            40104,
            40105,
            40106,
            40107,
            40110,
            40113,
            40115,
            40116,
            40117,
            40118,
            40119,
            40124,
            40125,
            40300,
            40301,
            41000,
        }.Select(code => new TikTokRule(code, AccountStop)),
    ];

    private static readonly FrozenDictionary<int, TikTokRule> ByCode = Rules.ToFrozenDictionary(rule => rule.Code);

    /// <summary>The outcome of a code. For throttles the wait depends on how many occurred in a row.</summary>
    /// <param name="code">The code in the body.</param>
    /// <param name="isNotEditable">Whether the message of 40002 means that the audience cannot be edited now.</param>
    public static Outcome Of(int code, bool isNotEditable) =>
        ByCode.GetValueOrDefault(code) switch
        {
            null => new Outcome(Retry, $"tiktok_unknown_{code}"),
            { Code: Ok } => Outcome.Done,
            { Code: Parameter } when isNotEditable => new Outcome(Retry, "tiktok_40002_not_editable", TikTokLimits.NotEditableWait),
            var rule => new Outcome(rule.Kind, $"tiktok_{code}", rule.Wait),
        };

    /// <summary>
    /// The outcome of a response without an envelope (4): a gateway error lasts minutes, a wrong path is wrong for every call.
    /// </summary>
    public static Outcome OfStatus(int status, bool isJson) =>
        status switch
        {
            404 or 405 => new Outcome(AccountStop, $"http_{status}"),
            >= 500 => new Outcome(Retry, isJson ? $"http_{status}" : "not_json", TikTokLimits.GatewayWait),
            _ => Http.RetryAfterPolicy.OfStatus(status, isJson),
        };
}
