using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Ingest;

/// <summary>A sender of webhooks.</summary>
/// <param name="Name">Part of every event id of the source: renaming a source makes its retries new events.</param>
/// <param name="Signature">Whether the source signs its webhooks.</param>
/// <param name="SigningKeys">The keys that are valid now; two during a key rotation.</param>
/// <param name="DefaultCountry">The country of phone numbers without one, ISO 3166-1 alpha-2.</param>
public sealed record Source(string Name, SignatureMode Signature, IReadOnlyList<KeyedHash> SigningKeys, string DefaultCountry)
{
    /// <summary>Whether it reports the outcomes of messages.</summary>
    public bool IsReporting => Kind == SourceKind.CustomerIoReporting;

    /// <summary>Which identifiers the source sends as digests; everything else is plain text.</summary>
    public HashedFields Hashed { get; init; }

    /// <summary>Values in an id field of this source that are not ids, in addition to the built-in placeholders.</summary>
    public Placeholders Placeholders { get; init; } = Placeholders.BuiltIn;

    /// <summary>What it sends.</summary>
    public SourceKind Kind { get; init; }

    /// <summary>From where it may send.</summary>
    public AllowedAddresses AllowFrom { get; init; } = AllowedAddresses.All;

    /// <summary>How identifiers of this source are read.</summary>
    public ReaderRules Rules => field ??= new ReaderRules(DefaultCountry) { Placeholders = Placeholders };

    /// <summary>
    /// How old a signed timestamp may be; null when its age is not checked. It must not exceed the time for which signatures are
    /// remembered.
    /// </summary>
    public TimeSpan? SignatureMaxAge { get; init; } = RequestSignature.MaxAge;

    /// <summary>
    /// Whether the outcome of each step is to be reported to the source by the step's delivery id, which is kept for that.
    /// </summary>
    public bool StepMetrics { get; init; }

    /// <summary>Does not print keys.</summary>
    public override string ToString() => $"Source({Name})";
}
