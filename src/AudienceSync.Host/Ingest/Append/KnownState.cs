using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Ingest.Append;

/// <summary>
/// What is known about the events and people of a batch, from the caches and from the reads under the log's lock: the input of
/// <see cref="AppendPlanner"/>. Reused for every batch. The plan advances <see cref="People"/> to the state in which the batch leaves them,
/// from where the cache takes them after the commit.
/// </summary>
internal sealed class KnownState(Func<PersonId> newPerson)
{
    /// <summary>The ids that are already in the log.</summary>
    public HashSet<Guid> Events { get; } = [];

    /// <summary>The identifiers that were erased, each with its erasure.</summary>
    public Dictionary<AliasDigest, Guid> Erased { get; } = [];

    /// <summary>Aliases that were looked up in the store.</summary>
    public HashSet<AliasDigest> LookedUp { get; } = [];

    /// <summary>The salt of each person whose current revision was opened, and the identifiers by which they can be reached.</summary>
    public Dictionary<PersonId, (byte[] Salt, PersonIdentifiers Identifiers)> Revisions { get; } = [];

    /// <summary>The anchors that do not link up to the limit, as nearly all do.</summary>
    public Dictionary<PersonId, Linking> Linking { get; } = [];

    public IdentityResolver People { get; private set; } = new(newPerson);

    public void Clear()
    {
        Events.Clear();
        Erased.Clear();
        Revisions.Clear();
        Linking.Clear();
        DropPeople();
    }

    /// <summary>Drops the people loaded so far, because they cannot be trusted.</summary>
    public void DropPeople()
    {
        LookedUp.Clear();
        People = new IdentityResolver(newPerson);
    }

    /// <summary>The erasure that erased one of the identifiers of an item; null when none did.</summary>
    public Guid? ErasureOf(Alias[] aliases)
    {
        if (Erased.Count == 0)
        {
            return null;
        }

        foreach (var alias in aliases)
        {
            if (Erased.TryGetValue(alias.Digest, out var erasure))
            {
                return erasure;
            }
        }

        return null;
    }

    /// <summary>The next version in a person's stream.</summary>
    public long NextVersion(PersonId person)
    {
        var known = People.Person(person);
        var next = known with { StreamVersion = known.StreamVersion + 1 };
        People.Update(next);
        return next.StreamVersion;
    }
}
