using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// Which partition of the people is folded now, when folding all at once would need too much memory. People are partitioned by the root's
/// hash, so that a group of linked anchors is never split. The number of partitions is doubled when the first turns out too large: what was
/// folded of the smaller partition until then is already complete.
/// </summary>
internal sealed class Passes(Func<PersonId, PersonId> rootOf)
{
    private readonly List<(long Until, int Count)> _before = [];

    public int Count { get; private set; } = 1;

    public int Current { get; private set; }

    public bool IsMine(PersonId person) => Count == 1 || PartOf(person, Count) == Current;

    /// <summary>Whether the first pass, which covered more people until it was split, has already counted this event.</summary>
    public bool IsCounted(PersonId person, long position)
    {
        if (Current == 0 || _before.Count == 0)
        {
            return false;
        }

        var then = _before.Find(split => position <= split.Until).Count;
        return then != 0 && PartOf(person, then) == 0;
    }

    /// <summary>Only in the first pass: after this event it covers half as many people.</summary>
    public void Split(long position)
    {
        _before.Add((position, Count));
        Count *= 2;
    }

    /// <summary>False when the last one is done.</summary>
    public bool Next() => ++Current < Count;

    private int PartOf(PersonId person, int count) => (int)((uint)rootOf(person).Value.GetHashCode() * 2_654_435_769u >> 16) & (count - 1);
}
