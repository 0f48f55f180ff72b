using System.Diagnostics.CodeAnalysis;
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
internal sealed class IdentityCache(int aliasesPerGeneration = 300_000)
{
    private Dictionary<AliasDigest, AliasBinding> _youngAliases = [];
    private Dictionary<AliasDigest, AliasBinding> _oldAliases = [];
    private Dictionary<PersonId, KnownPerson> _youngPeople = [];
    private Dictionary<PersonId, KnownPerson> _oldPeople = [];

    /// <summary>Gives an alias and its person to the book. False when either is not held.</summary>
    public bool TryLoad(Alias alias, IdentityBook book)
    {
        if (!TryTake(_youngAliases, _oldAliases, alias.Digest, out var binding) || !TryTake(_youngPeople, _oldPeople, binding.Person, out var person))
        {
            return false;
        }

        book.Load(binding, person);
        return true;
    }

    /// <summary>Takes over what a committed batch left in its book.</summary>
    public void Learn(IdentityBook book)
    {
        if (_youngAliases.Count >= aliasesPerGeneration)
        {
            (_oldAliases, _youngAliases) = (_youngAliases, []);
            (_oldPeople, _youngPeople) = (_youngPeople, []);
        }

        foreach (var binding in book.Bindings)
        {
            _oldAliases.Remove(binding.Alias.Digest);
            _youngAliases[binding.Alias.Digest] = binding;
        }

        foreach (var person in book.People)
        {
            _oldPeople.Remove(person.Id);
            _youngPeople[person.Id] = person;
        }
    }

    public void Clear()
    {
        _youngAliases = [];
        _oldAliases = [];
        _youngPeople = [];
        _oldPeople = [];
    }

    // What is used moves to the young generation, and is held once, so that nothing older can be found beside it.
    private static bool TryTake<TKey, TValue>(
        Dictionary<TKey, TValue> young, Dictionary<TKey, TValue> old, TKey key, [MaybeNullWhen(false)] out TValue value)
        where TKey : notnull
    {
        if (young.TryGetValue(key, out value))
        {
            return true;
        }

        if (!old.Remove(key, out value))
        {
            return false;
        }

        young[key] = value;
        return true;
    }
}
