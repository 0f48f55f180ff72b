using System.Collections.Frozen;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.History;

namespace AudienceSync.Host.Storage.Audiences;

/// <summary>A published key with the number under which membership holds it.</summary>
public sealed record PublishedKey(int KeyId, AudienceKey Key, TimeSpan? Window)
{
    public MatchKeys MatchKeys { get; init; } = MatchKeys.All;

    /// <summary>What the key demands of a person's consent.</summary>
    public ConsentPolicy ConsentPolicy { get; init; } = ConsentPolicy.Assumed;

    /// <summary>A retired key takes no new events; what it holds stays.</summary>
    public bool Retired { get; init; }

    /// <summary>Where events of it go while it drains; null when it does not.</summary>
    public LateEvents? Draining { get; init; }

    /// <summary>When it was published.</summary>
    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>The event that published it, where it inherits; else null.</summary>
    public Position? PublishedPos { get; init; }

    /// <summary>The version whose events count for this one, too; null when only its own do.</summary>
    public int? InheritsFrom { get; init; }
}

/// <summary>
/// The published keys of a workspace, by name and by number: one look-up, no lock. What was published since, here or by another Host, is
/// there after <see cref="ReloadAsync"/>; keys are only ever added, so whoever holds one that was there holds a true one.
/// </summary>
public sealed class AudienceKeys
{
    private readonly Func<CancellationToken, Task<IReadOnlyCollection<PublishedKey>>>? _read;
    private volatile Snapshot _now;

    /// <param name="keys">Those known now.</param>
    /// <param name="read">Reads them again; null when they never change.</param>
    public AudienceKeys(IReadOnlyCollection<PublishedKey> keys, Func<CancellationToken, Task<IReadOnlyCollection<PublishedKey>>>? read = null)
    {
        _read = read;
        _now = new Snapshot(keys);
    }

    public IReadOnlyCollection<PublishedKey> All => _now.All;

    public PublishedKey? ByName(string audienceKey) => _now.ByName.GetValueOrDefault(audienceKey);

    /// <exception cref="KeyNotFoundException">No such key: rows of it cannot exist.</exception>
    public PublishedKey ById(int keyId) => _now.ById[keyId];

    /// <summary>Versions for which an event of this one counts, too, however many publications lie between.</summary>
    public IReadOnlyList<PublishedKey> SuccessorsOf(int keyId) => _now.Successors.GetValueOrDefault(keyId, []);

    /// <summary>A key, and behind it those it inherits from, however many publications lie between.</summary>
    public IReadOnlyList<PublishedKey> WithPredecessorsOf(PublishedKey key)
    {
        var keys = new List<PublishedKey> { key };
        while (keys[^1].InheritsFrom is { } from)
        {
            keys.Add(ById(from));
        }

        return keys;
    }

    /// <summary>A key as it is looked back at.</summary>
    public PastKey PastOf(PublishedKey key) => new(key.Key.Value, key.Window, key.ConsentPolicy)
    {
        Predecessors = [.. WithPredecessorsOf(key).Skip(1).Select(one => one.Key.Value)],
        Published = key.PublishedPos ?? Position.Start,
    };

    /// <summary>Whether any version inherits.</summary>
    public bool AnySuccessors => _now.Successors.Count > 0;

    /// <summary>Reads the keys again. True when something had changed.</summary>
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
