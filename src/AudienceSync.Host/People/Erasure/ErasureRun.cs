using System.Collections.Concurrent;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy;

namespace AudienceSync.Host.People.Erasure;

/// <summary>
/// Completes one erasure, when no remote audience has the person any more: has the person removed from every other list of the accounts,
/// where the platform can; empties the raw bodies that name the person, deletes the quarantined
/// ones, and then destroys what leads to the person. In this order, because the person's aliases are needed to find the bodies. Every step
/// may be repeated.
/// </summary>
public sealed class ErasureRun(
    PersonQueries people,
    KeptBodyStore bodies,
    QuarantinedBodyStore quarantined,
    AccountErasure accounts,
    ErasureEndStore end,
    AliasDigester digester
)
{
    private readonly ConcurrentDictionary<Guid, ErasureTraces> _traces = [];

    /// <summary>True when this call completed it.</summary>
    /// <param name="beforeStep">Called before each step, so that the caller can renew its lease.</param>
    public async Task<bool> TryAsync(ErasureRow erasure, Func<Task> beforeStep, CancellationToken cancellationToken)
    {
        if (!await end.IsReadyAsync(erasure, cancellationToken))
        {
            return false;
        }

        var person = await people.ReadAsync(erasure.Anchors, cancellationToken);
        var traces = await TracesAsync(erasure, person, cancellationToken);
        if (!await end.IsFullyRemovedAsync(traces, cancellationToken))
        {
            return false;
        }

        if (!await accounts.TryAsync(erasure.Erasure, [.. erasure.Anchors.Union(person.Ids)], beforeStep, cancellationToken))
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

    // While one platform is down this may be needed every second for days, and it does not change.
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
