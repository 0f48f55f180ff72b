using AudienceSync.Domain.Identity;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Erasure;

namespace AudienceSync.Host.Privacy.Erasure;

/// <summary>
/// Carries one erasure to its end, when no platform has the person any more: empties the raw bodies that name him, deletes the quarantined ones, and
/// then destroys what leads to him. In this order, because his aliases are needed to know his bodies. Every step may be done twice.
/// </summary>
public sealed class ErasureRun(PersonReader people, KeptBodies bodies, ErasureEnd end, AliasDigester digester)
{
    /// <summary>True when it has ended by this.</summary>
    /// <param name="beforeStep">Called before each step, so that the caller may keep his lease.</param>
    public async Task<bool> TryAsync(ErasureRow erasure, Func<Task> beforeStep, CancellationToken cancellationToken)
    {
        if (!await end.IsReadyAsync(erasure, cancellationToken))
        {
            return false;
        }

        var person = await people.ReadAsync(erasure.Anchors, cancellationToken);
        var aliases = await people.ReadAliasesAsync([.. erasure.Anchors.Union(person.Ids)], cancellationToken);
        await beforeStep();
        await bodies.EmptyAsync(erasure.Erasure, [.. erasure.Anchors.Union(person.Ids)], cancellationToken);
        await beforeStep();
        await bodies.DeleteAsync(erasure.Erasure, Search(person, aliases).Names, cancellationToken);
        await beforeStep();
        return await end.EndAsync(erasure.Erasure, aliases, cancellationToken);
    }

    private BodySearch Search(PersonGroup person, List<AliasDigest> aliases) =>
        new(aliases.Concat(person.Called).ToHashSet(), person.Countries, digester);
}
