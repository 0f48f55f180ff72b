namespace AudienceSync.Domain.Audiences;

/// <summary>The immutable terms of a key version (design section 3). Other terms need another version.</summary>
/// <param name="WindowS">Seconds that an add holds; null when it holds until a remove.</param>
/// <param name="MatchKeys">The identifiers by which a platform may match its members.</param>
/// <param name="Consent">The consent it requires.</param>
/// <param name="Inherits">Whether past and later events of its predecessor count for it.</param>
public sealed record KeyTerms(long? WindowS, MatchKeys MatchKeys = MatchKeys.All, ConsentPolicy Consent = ConsentPolicy.Assumed, bool Inherits = false);
