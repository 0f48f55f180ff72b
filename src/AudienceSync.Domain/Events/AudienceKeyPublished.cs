using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>
/// A version of an audience came to be, with what never changes about it (window, match keys, consent policy) and what was said of the
/// audience then. Names and fields are the storage format, in its second version: the first said nothing of match keys, consent and who.
/// </summary>
public sealed record AudienceKeyPublished(
    AudienceKey AudienceKey,
    long? WindowS,
    string? Purpose,
    string? Owner,
    string? Definition) : IRegistryEvent
{
    public MatchKeys MatchKeys { get; init; } = MatchKeys.All;

    public ConsentPolicy ConsentPolicy { get; init; } = ConsentPolicy.Assumed;

    /// <summary>Whether it is told all that the version before was and is told. Written only when it is.</summary>
    public bool Inherits { get; init; }

    public string By { get; init; } = EventUpcasters.Configuration;

    public string? Why { get; init; }

    public string Audience => AudienceKey.Audience;

    public KeyTerms Terms => new(WindowS, MatchKeys, ConsentPolicy, Inherits);
}
