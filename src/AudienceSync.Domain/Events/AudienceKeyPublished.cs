using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Events;

/// <summary>
/// A version of an audience was published, with its immutable terms (window, match keys, consent policy) and the description of the
/// audience at that time. Names and fields are the storage format, in its second version: the first had no match keys, consent policy and
/// author.
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

    /// <summary>Whether past and later events of its predecessor count for it, too. Written only when they do.</summary>
    public bool Inherits { get; init; }

    public string By { get; init; } = EventUpcasters.Configuration;

    public string? Why { get; init; }

    public string Audience => AudienceKey.Audience;

    public KeyTerms Terms => new(WindowS, MatchKeys, ConsentPolicy, Inherits);
}
