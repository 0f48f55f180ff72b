using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Storage.Log;

/// <summary>
/// Who is who, as this host last wrote it, so that a person seen lately costs the database no look-up.
/// <para>
/// <b>Why it is never stale.</b> It is only used under the log's lock, and only when the sequence of positions still stands where this host's
/// last commit left it: then nobody has appended since. Whoever changes an alias or a person does so under the lock and draws at least one
/// position; by that he empties every other host's cache. A failed commit leaves a hole in the sequence and empties our own.
/// </para>
/// <para>
/// <b>Bounded</b> by two generations: a person in use moves to the young one, and when that is full the old one is dropped.
/// </para>
/// </summary>
internal sealed class IdentityCache(int anchorsPerGeneration = 300_000)
{
    private Dictionary<AliasDigest, KnownPerson> _young = [];
    private Dictionary<AliasDigest, KnownPerson> _old = [];

    /// <summary>Gives an anchor to the book. False when it is not held.</summary>
    public bool TryLoad(AliasDigest anchor, IdentityResolver resolver)
    {
        if (!_young.TryGetValue(anchor, out var person))
        {
            if (!_old.Remove(anchor, out person))
            {
                return false;
            }

            // What is used moves to the young generation, and is held once, so that nothing older can be found beside it.
            _young[anchor] = person;
        }

        resolver.Load(person);
        return true;
    }

    /// <summary>Takes over what a committed batch left in its book, but for those who were erased: what is held has no tombstone.</summary>
    public void Learn(IdentityResolver resolver, IReadOnlyDictionary<AliasDigest, Guid> erased)
    {
        if (_young.Count >= anchorsPerGeneration)
        {
            (_old, _young) = (_young, []);
        }

        foreach (var person in resolver.People)
        {
            if (erased.Count > 0 && erased.ContainsKey(person.Anchor.Digest))
            {
                continue;
            }

            _old.Remove(person.Anchor.Digest);
            _young[person.Anchor.Digest] = person;
        }
    }

    public void Clear()
    {
        _young = [];
        _old = [];
    }
}
