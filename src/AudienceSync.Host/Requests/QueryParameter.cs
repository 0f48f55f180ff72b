using System.Globalization;
using AudienceSync.Domain;

namespace AudienceSync.Host.Requests;

/// <summary>
/// A query parameter that an endpoint declares, as metadata. A parameter that is not declared, is present twice or cannot be read is
/// refused before the endpoint receives it, so a parameter never falls back silently to its default.
/// </summary>
/// <param name="Name">Exactly as it is written.</param>
/// <param name="IsReadable">Whether a value of 1 to <see cref="Limits.ParameterChars"/> characters can be used.</param>
public sealed record QueryParameter(string Name, Func<string, bool> IsReadable)
{
    public static readonly QueryParameter Workspace = Text("workspace");
    public static readonly QueryParameter Destination = Text("destination");
    public static readonly QueryParameter Reason = Text("reason");
    public static readonly QueryParameter RequiredReason = Reason with { IsRequired = true };
    public static readonly QueryParameter Lift = Boolean("lift");
    public static readonly QueryParameter DryRun = Boolean("dry_run");
    public static readonly QueryParameter Body = Boolean("body");
    public static readonly QueryParameter After = new("after", static text => Guid.TryParseExact(text, "D", out _));
    public static readonly QueryParameter Since = Number("since");
    public static readonly QueryParameter Before = Number("before");
    public static readonly QueryParameter AfterCall = Number("after_call");
    public static readonly QueryParameter DefaultCountry = new(
        "default_country",
        static text => text is [>= 'A' and <= 'Z', >= 'A' and <= 'Z']
    );
    public static readonly QueryParameter At = Moment("at");
    public static readonly QueryParameter From = Moment("from");
    public static readonly QueryParameter To = Moment("to");
    public static readonly QueryParameter RequiredFrom = From with { IsRequired = true };
    public static readonly QueryParameter RequiredTo = To with { IsRequired = true };
    public static readonly QueryParameter Mode = new("mode", static text => text is "happened" or "known")
    {
        Problem = static () => QueryProblem.InvalidMode,
    };

    public static readonly QueryParameter Limit = new(
        "limit",
        static text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Limits.PageRows
    )
    {
        Problem = static () => QueryProblem.InvalidLimit,
    };

    public static readonly QueryParameter Delimiter = new("delimiter", static text => ListDelimiter.TryRead(text, out _));

    /// <summary>Whether the endpoint requires it.</summary>
    public bool IsRequired { get; private init; }

    /// <summary>The response when a value is readable text but not a valid value; null for the common refusal.</summary>
    internal Func<IResult>? Problem { get; private init; }

    private static QueryParameter Text(string name) => new(name, static _ => true);

    private static QueryParameter Number(string name) =>
        new(name, static text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private static QueryParameter Boolean(string name) => new(name, static text => text is "true" or "false");

    private static QueryParameter Moment(string name) =>
        new(name, static text => MomentText.TryRead(text, out _)) { Problem = static () => QueryProblem.InvalidMoment };
}
