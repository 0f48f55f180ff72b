using System.Collections.Frozen;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.History;

namespace AudienceSync.Host.Audiences;

/// <summary>A published key with the number that membership rows use for it.</summary>
public sealed record PublishedKey(int KeyId, AudienceKey Key, TimeSpan? Window)
{
    public MatchKeys MatchKeys { get; init; } = MatchKeys.All;

    /// <summary>The consent that the key requires of a person.</summary>
    public ConsentPolicy ConsentPolicy { get; init; } = ConsentPolicy.Assumed;

    /// <summary>A retired key accepts no new events; its members stay.</summary>
    public bool Retired { get; init; }

    /// <summary>What happens to its events while it drains; null when it does not drain.</summary>
    public LateEvents? Draining { get; init; }

    /// <summary>When it was published.</summary>
    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>The position of the event that published it, when it inherits; otherwise null.</summary>
    public Position? PublishedPos { get; init; }

    /// <summary>The version whose events count for this one, too; null when only its own events count.</summary>
    public int? InheritsFrom { get; init; }
}

/// <summary>
/// The published keys of a workspace, by name and by number: one lookup, no lock. Keys published since then, by this or another Host, are
/// available after <see cref="ReloadAsync"/>. Keys are only ever added, so a key that was read once stays valid.
/// </summary>
public sealed class AudienceKeys
{
    private readonly Func<CancellationToken, Task<IReadOnlyCollection<PublishedKey>>>? _read;
    private volatile Snapshot _now;

    /// <param name="keys">The initial keys.</param>
    /// <param name="read">Reads the keys again; null when they never change.</param>
    public AudienceKeys(IReadOnlyCollection<PublishedKey> keys, Func<CancellationToken, Task<IReadOnlyCollection<PublishedKey>>>? read = null)
    {
        _read = read;
        _now = new Snapshot(keys);
    }

    public IReadOnlyCollection<PublishedKey> All => _now.All;

    public PublishedKey? ByName(string audienceKey) => _now.ByName.GetValueOrDefault(audienceKey);

    /// <exception cref="KeyNotFoundException">No such key: rows for it cannot exist.</exception>
    public PublishedKey ById(int keyId) => _now.ById[keyId];

    /// <summary>Versions for which an event of this one counts, too, however many publications lie between.</summary>
    public IReadOnlyList<PublishedKey> SuccessorsOf(int keyId) => _now.Successors.GetValueOrDefault(keyId, []);

    /// <summary>A key, followed by the keys it inherits from, however many publications lie between.</summary>
    public IReadOnlyList<PublishedKey> WithPredecessorsOf(PublishedKey key)
    {
        var keys = new List<PublishedKey> { key };
        while (keys[^1].InheritsFrom is { } from)
        {
            keys.Add(ById(from));
        }

        return keys;
    }

    /// <summary>A key for queries as of a time.</summary>
    public PastKey PastOf(PublishedKey key) => new(key.Key.Value, key.Window, key.ConsentPolicy)
    {
        Predecessors = [.. WithPredecessorsOf(key).Skip(1).Select(one => one.Key.Value)],
        Published = key.PublishedPos ?? Position.Start,
    };

    /// <summary>Whether any version inherits.</summary>
    public bool AnySuccessors => _now.Successors.Count > 0;

    /// <summary>Reads the keys again. True when they had changed.</summary>
    public async Task<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        if (_read is null)
        {
            return false;
        }

        var before = _now;
        var after = new Snapshot(await _read(cancellationToken));
        if (after.All.Count == before.All.Count && after.All.All(key => before.ById.TryGetValue(key.KeyId, out var known) && known == key))
        {
            return false;
        }

        _now = after;
        return true;
    }

    private sealed class Snapshot(IReadOnlyCollection<PublishedKey> keys)
    {
        public IReadOnlyCollection<PublishedKey> All { get; } = keys;

        public FrozenDictionary<string, PublishedKey> ByName { get; } = keys.ToFrozenDictionary(key => key.Key.Value, StringComparer.Ordinal);

        public FrozenDictionary<int, PublishedKey> ById { get; } = keys.ToFrozenDictionary(key => key.KeyId);

        public FrozenDictionary<int, IReadOnlyList<PublishedKey>> Successors { get; } = keys
            .Select(key => (key.KeyId, Successors: SuccessorsOf(key.KeyId, keys)))
            .Where(one => one.Successors.Count > 0)
            .ToFrozenDictionary(one => one.KeyId, one => one.Successors);

        private static IReadOnlyList<PublishedKey> SuccessorsOf(int keyId, IReadOnlyCollection<PublishedKey> keys) =>
            [.. keys.Where(key => key.InheritsFrom == keyId).SelectMany(key => SuccessorsOf(key.KeyId, keys).Prepend(key))];
    }
}
