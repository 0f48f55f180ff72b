using AudienceSync.Domain;

namespace AudienceSync.Host.Requests;

/// <summary>How the body of an endpoint is read before the endpoint runs.</summary>
public enum BodyForm
{
    /// <summary>There is none; an empty object counts as none.</summary>
    None,

    /// <summary>A JSON object in UTF-8, read and checked.</summary>
    Json,

    /// <summary>Like <see cref="Json"/>, and optional.</summary>
    OptionalJson,

    /// <summary>Buffered as a whole and left to the endpoint.</summary>
    Whole,

    /// <summary>Read by the endpoint as a stream, up to the limit.</summary>
    Stream,

    /// <summary>The endpoint does its own checks: webhooks only.</summary>
    Unchecked,
}

/// <summary>The body that an endpoint accepts, as metadata. An endpoint without it accepts none.</summary>
/// <param name="Form">How it is read.</param>
/// <param name="MaxBytes">One more byte is refused, whatever length is declared.</param>
public sealed record BodyContract(BodyForm Form, int MaxBytes)
{
    public static readonly BodyContract None = new(BodyForm.None, Limits.OperatorBodyBytes);
    public static readonly BodyContract Json = new(BodyForm.Json, Limits.OperatorBodyBytes);
    public static readonly BodyContract OptionalJson = new(BodyForm.OptionalJson, Limits.OperatorBodyBytes);
    public static readonly BodyContract Declaration = new(BodyForm.Json, Limits.BodyBytes);
    public static readonly BodyContract Event = new(BodyForm.Whole, Limits.OperatorBodyBytes);
    public static readonly BodyContract List = new(BodyForm.Stream, Limits.ListBytes) { TooLarge = static () => QueryProblem.ListTooLarge };
    public static readonly BodyContract Sample = new(BodyForm.Whole, Limits.BatchBytes);
    public static readonly BodyContract Webhook = new(BodyForm.Unchecked, Limits.BodyBytes);
    public static readonly BodyContract Batch = new(BodyForm.Unchecked, Limits.BatchBytes);

    internal Func<IResult> TooLarge { get; private init; } = static () => QueryProblem.BodyTooLarge;
}
