using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Storage.Log;

namespace AudienceSync.Host.Ingest;

/// <summary>A sender of webhooks.</summary>
/// <param name="Name">Part of every event id of his: renaming a source makes its retries new events.</param>
/// <param name="Signature">Whether he signs.</param>
/// <param name="SigningKeys">The keys valid now; two while one is replaced by the other.</param>
/// <param name="DefaultCountry">The country of phone numbers without one, ISO 3166-1 alpha-2.</param>
public sealed record Source(string Name, SignatureMode Signature, IReadOnlyList<KeyedHash> SigningKeys, string DefaultCountry)
{
    /// <summary>Which identifiers he sends as digests; everything else is plain text.</summary>
    public HashedFields Hashed { get; init; }

    /// <summary>What stands in an id field of this source and is no id, beside the built-in placeholders.</summary>
    public Placeholders Placeholders { get; init; } = Placeholders.BuiltIn;

    /// <summary>How the source's people are read.</summary>
    public ReaderRules Rules => field ??= new ReaderRules(DefaultCountry) { Placeholders = Placeholders };

    /// <summary>How old a signed timestamp may be; null when its age is not judged. Longer than signatures are remembered it may not be.</summary>
    public TimeSpan? SignatureMaxAge { get; init; } = RequestSignature.MaxAge;

    /// <summary>Keys do not print.</summary>
    public override string ToString() => $"Source({Name})";
}
