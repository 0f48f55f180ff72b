using System.Collections.Concurrent;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Storage;
using AudienceSync.Host.Storage.Erasure;

namespace AudienceSync.Host.Privacy.Erasure;

/// <summary>
/// Carries one erasure to its end, when no platform has the person any more: empties the raw bodies that name him, deletes the quarantined ones, and
/// then destroys what leads to him. In this order, because his aliases are needed to know his bodies. Every step may be done twice.
/// </summary>
public sealed class ErasureRun(PersonReader people, KeptBodies bodies, QuarantinedBodies quarantined, ErasureEnd end, AliasDigester digester)
{
    private readonly ConcurrentDictionary<Guid, ErasureTraces> _traces = [];

    /// <summary>True when it has ended by this.</summary>
    /// <param name="beforeStep">Called before each step, so that the caller may keep his lease.</param>
    public async Task<bool> TryAsync(ErasureRow erasure, Func<Task> beforeStep, CancellationToken cancellationToken)
    {
        if (!await end.IsReadyAsync(erasure, cancellationToken))
        {
            return false;
        }

        var person = await people.ReadAsync(erasure.Anchors, cancellationToken);
        var traces = await TracesAsync(erasure, person, cancellationToken);
        if (!await end.IsLetGoAsync(traces, cancellationToken))
        {
            return false;
        }

        await beforeStep();
        await bodies.EmptyAsync(erasure.Erasure, [.. erasure.Anchors.Union(person.Ids)], cancellationToken);
        await beforeStep();
        await quarantined.DeleteAsync(erasure.Erasure, Search(person, traces.Aliases), cancellationToken);
        await beforeStep();
        var ended = await end.EndAsync(erasure.Erasure, traces, cancellationToken);
        if (ended)
        {
            _traces.TryRemove(erasure.Erasure, out _);
        }

        return ended;
    }

    // While one platform is down it may be wanted every second for days, and it does not change.
    private async Task<ErasureTraces> TracesAsync(ErasureRow erasure, PersonGroup person, CancellationToken cancellationToken)
    {
        if (!_traces.TryGetValue(erasure.Erasure, out var traces))
        {
            traces = await people.ReadTracesAsync([.. erasure.Anchors.Union(person.Ids)], cancellationToken);
            _traces[erasure.Erasure] = traces;
        }

        return traces;
    }

    private BodySearch Search(PersonGroup person, IReadOnlyList<AliasDigest> aliases) =>
        new(aliases.Concat(person.Called).ToHashSet(), person.Countries, person.Phones, digester);
}
