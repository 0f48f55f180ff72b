namespace AudienceSync.Domain.Audiences;

/// <summary>What a key version promises for ever (design section 3). Other terms are another version.</summary>
/// <param name="WindowS">Seconds that an add holds; null when it holds until a remove.</param>
/// <param name="MatchKeys">By what a platform may match its members.</param>
/// <param name="Consent">What it asks of a person's consent.</param>
/// <param name="Inherits">Whether it is told all that its predecessor was and is told.</param>
public sealed record KeyTerms(long? WindowS, MatchKeys MatchKeys = MatchKeys.All, ConsentPolicy Consent = ConsentPolicy.Assumed, bool Inherits = false);
