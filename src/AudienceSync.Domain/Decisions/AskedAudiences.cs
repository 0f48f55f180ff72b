using AudienceSync.Domain.Audiences;

namespace AudienceSync.Domain.Decisions;

/// <summary>A name that was asked for.</summary>
/// <param name="Name">An audience or a key.</param>
/// <param name="Key">The key whose members count; null when there is none of this name.</param>
public readonly record struct AskedAudience(string Name, PublishedKey? Key);

/// <summary>
/// Which key answers for a name. The name of a key means that key. The name of an audience means the key that feeds a remote audience of
/// it, the newest when several do, else the newest version that was published.
/// </summary>
public static class AskedAudiences
{
    /// <summary>Whether a text may be asked for.</summary>
    public static bool IsName(string name) => name.Length <= Limits.AudienceKeyChars && AudienceKey.IsName(name);

    /// <summary>The keys that may answer for the names, and their predecessors; all keys when no name is given.</summary>
    public static List<int> Candidates(IReadOnlyList<string> names, AudienceKeySet keys)
    {
        if (names.Count == 0)
        {
            return [.. keys.All.Select(key => key.KeyId)];
        }

        var candidates = new HashSet<int>();
        foreach (var name in names)
        {
            if (keys.ByName(name) is { } named)
            {
                AddWithPredecessors(named);
                continue;
            }

            foreach (var version in keys.All.Where(key => key.Key.Audience == name))
            {
                AddWithPredecessors(version);
            }
        }

        return [.. candidates];

        void AddWithPredecessors(PublishedKey key)
        {
            while (candidates.Add(key.KeyId) && key.InheritsFrom is { } from)
            {
                key = keys.ById(from);
            }
        }
    }

    /// <summary>
    /// The keys that answer, in the order of the names; for all audiences in the order of their names when none is given.
    /// </summary>
    /// <param name="names">The names; each once.</param>
    /// <param name="keys">The published keys.</param>
    /// <param name="feeding">The numbers of the keys that feed a remote audience.</param>
    public static IReadOnlyList<AskedAudience> Resolve(IReadOnlyList<string> names, AudienceKeySet keys, IReadOnlySet<int> feeding)
    {
        if (names.Count > 0)
        {
            return [.. names.Select(name => new AskedAudience(name, keys.ByName(name) ?? OfAudience(name)))];
        }

        return
        [
            .. keys
                .All.GroupBy(key => key.Key.Audience, StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new AskedAudience(group.Key, Answering(group))),
        ];

        PublishedKey? OfAudience(string name) => Answering(keys.All.Where(key => key.Key.Audience == name));

        PublishedKey? Answering(IEnumerable<PublishedKey> versions) =>
            versions.OrderByDescending(key => feeding.Contains(key.KeyId)).ThenByDescending(key => key.Key.Version).FirstOrDefault();
    }
}
