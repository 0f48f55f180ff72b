using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// The people as this host last wrote them, so that a recently seen person costs no database lookup.
/// <para>
/// <b>Why it is never stale.</b> It is only used under the log's lock, and only when the position sequence is still where this host's last
/// commit left it: then no other host has appended since. Any host that changes an alias or a person does so under the lock and draws at
/// least one position, which empties every other host's cache. A failed commit leaves a gap in the sequence and empties our own.
/// </para>
/// <para>
/// <b>Bounded</b> by two generations: a person in use moves to the young generation, and when that is full the old one is dropped.
/// </para>
/// </summary>
internal sealed class IdentityCache(int anchorsPerGeneration = 300_000)
{
    private Dictionary<AliasDigest, KnownPerson> _young = [];
    private Dictionary<AliasDigest, KnownPerson> _old = [];

    /// <summary>Loads an anchor into the resolver. False when it is not cached.</summary>
    public bool TryLoad(AliasDigest anchor, IdentityResolver resolver)
    {
        if (!_young.TryGetValue(anchor, out var person))
        {
            if (!_old.Remove(anchor, out person))
            {
                return false;
            }

            // An entry in use moves to the young generation, and is held once, so that no older version of it can be found.
            _young[anchor] = person;
        }

        resolver.Load(person);
        return true;
    }

    /// <summary>
    /// Takes over the people that a committed batch left in its resolver, except erased ones: a cached person has no tombstone.
    /// </summary>
    public void Store(IdentityResolver resolver, IReadOnlyDictionary<AliasDigest, Guid> erased)
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
