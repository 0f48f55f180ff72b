using System.Collections.Frozen;

namespace AudienceSync.Connectors.CustomerIo;

/// <summary>What an answer means for a call.</summary>
public enum FeedbackOutcome
{
    /// <summary>
    /// Accepted, except for the items that the answer names. <b>Accepted is not applied</b>: for a suppressed identifier, an unknown cio_id
    /// or an update of nobody the service answers the same (contracts/customerio.md 6.1.10).
    /// </summary>
    Accepted = 1,

    /// <summary>Refused as a whole, and would be refused again.</summary>
    Refused,

    /// <summary>Too large: halves of it may be accepted.</summary>
    Split,

    /// <summary>Not now: the same call later. Repeating it is harmless, because events have ids and attributes have times.</summary>
    Later,

    /// <summary>The credentials are not accepted: nothing of the source can be sent until somebody corrects them.</summary>
    Unauthorized,

    /// <summary>The address or the region is wrong: as above.</summary>
    Misdirected,
}

/// <summary>One documented status and what it means.</summary>
public sealed record CustomerIoRule(int Status, FeedbackOutcome Outcome);

/// <summary>The table from a status to an outcome (contracts/customerio.md 4.1, 4.2, 4.4 and 6.1.11).</summary>
public static class CustomerIoErrors
{
    private const FeedbackOutcome Later = FeedbackOutcome.Later;

    public static IReadOnlyList<CustomerIoRule> Rules { get; } =
    [
        new(200, FeedbackOutcome.Accepted),
        new(207, FeedbackOutcome.Accepted),
        new(400, FeedbackOutcome.Refused),
        new(401, FeedbackOutcome.Unauthorized),
        new(403, FeedbackOutcome.Unauthorized),
        new(413, FeedbackOutcome.Split),
        // We follow no redirect: it would send the credentials, and people, to another host.
        .. new[] { 301, 302, 303, 307, 308, 404, 405 }.Select(status => new CustomerIoRule(status, FeedbackOutcome.Misdirected)),
        .. new[] { 408, 429, 500, 502, 503, 504, 522, 524 }.Select(status => new CustomerIoRule(status, Later)),
    ];

    private static readonly FrozenDictionary<int, CustomerIoRule> ByStatus = Rules.ToFrozenDictionary(rule => rule.Status);

    /// <summary>Of a status without a row: a success is accepted, a client error refused, anything else is tried later.</summary>
    public static FeedbackOutcome Of(int status) =>
        ByStatus.GetValueOrDefault(status) is { } rule
            ? rule.Outcome
            : status switch
            {
                >= 200 and < 300 => FeedbackOutcome.Accepted,
                >= 300 and < 400 => FeedbackOutcome.Misdirected,
                >= 400 and < 500 => FeedbackOutcome.Refused,
                _ => Later,
            };

    /// <summary>Stable: <c>cio_401</c>; for a status without a row <c>cio_unknown_418</c>.</summary>
    public static string CodeOf(int status) => ByStatus.ContainsKey(status) ? $"cio_{status}" : $"cio_unknown_{status}";
}
