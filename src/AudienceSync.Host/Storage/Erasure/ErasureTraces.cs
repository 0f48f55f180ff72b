using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Storage.Erasure;

/// <summary>What leads to a person who is to be erased, beside his own rows. It does not change while his erasure waits.</summary>
/// <param name="Aliases">All that he was ever called or had by the best claim.</param>
/// <param name="Others">People whom one of these addresses once reached.</param>
public sealed record ErasureTraces(IReadOnlyList<AliasDigest> Aliases, Guid[] Others)
{
    internal List<Guid> Digests => [.. Aliases.Select(alias => alias.Value)];

    /// <summary>Digests are nobody's business in a log.</summary>
    public override string ToString() => "ErasureTraces(***)";
}
