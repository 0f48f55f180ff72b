using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// What leads to a person who is to be erased, besides the person's own rows. It does not change while the erasure waits.
/// </summary>
/// <param name="Aliases">All aliases that the person ever had, as their own or by the best claim.</param>
/// <param name="Others">People who were once reached by one of these addresses.</param>
public sealed record ErasureTraces(IReadOnlyList<AliasDigest> Aliases, Guid[] Others)
{
    internal List<Guid> Digests => [.. Aliases.Select(alias => alias.Value)];

    /// <summary>Digests must not appear in a log.</summary>
    public override string ToString() => "ErasureTraces(***)";
}
