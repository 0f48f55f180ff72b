using System.Collections.Frozen;

namespace AudienceSync.Domain.Audiences;

/// <summary>The published keys of a workspace at one moment, by name and by number.</summary>
public sealed class AudienceKeySet(IReadOnlyCollection<PublishedKey> keys)
{
    private readonly FrozenDictionary<string, PublishedKey> _byName = keys.ToFrozenDictionary(key => key.Key.Value, StringComparer.Ordinal);

    private readonly FrozenDictionary<int, PublishedKey> _byId = keys.ToFrozenDictionary(key => key.KeyId);

    private readonly FrozenDictionary<int, IReadOnlyList<PublishedKey>> _successors = keys.Select(key =>
            (key.KeyId, Successors: FindSuccessors(key.KeyId, keys))
        )
        .Where(one => one.Successors.Count > 0)
        .ToFrozenDictionary(one => one.KeyId, one => one.Successors);

    public IReadOnlyCollection<PublishedKey> All => keys;

    /// <summary>Whether any version inherits.</summary>
    public bool AnySuccessors => _successors.Count > 0;

    public PublishedKey? ByName(string audienceKey) => _byName.GetValueOrDefault(audienceKey);

    /// <exception cref="KeyNotFoundException">No such key: rows for it cannot exist.</exception>
    public PublishedKey ById(int keyId) => _byId[keyId];

    /// <summary>Versions for which an event of this one counts, too, however many publications lie between.</summary>
    public IReadOnlyList<PublishedKey> SuccessorsOf(int keyId) => _successors.GetValueOrDefault(keyId, []);

    /// <summary>Whether both have the same keys with the same terms.</summary>
    public bool HasSameKeys(AudienceKeySet other) =>
        All.Count == other.All.Count && All.All(key => other._byId.TryGetValue(key.KeyId, out var known) && known == key);

    private static IReadOnlyList<PublishedKey> FindSuccessors(int keyId, IReadOnlyCollection<PublishedKey> keys) =>
        [.. keys.Where(key => key.InheritsFrom == keyId).SelectMany(key => FindSuccessors(key.KeyId, keys).Prepend(key))];
}
