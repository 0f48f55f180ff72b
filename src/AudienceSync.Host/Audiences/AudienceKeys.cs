using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.History;

namespace AudienceSync.Host.Audiences;

/// <summary>
/// The published keys of a workspace, by name and by number: one lookup, no lock. Keys published since then, by this or another Host, are
/// available after <see cref="ReloadAsync"/>. Keys are only ever added, so a key that was read once stays valid.
/// </summary>
public sealed class AudienceKeys
{
    private readonly Func<CancellationToken, Task<IReadOnlyCollection<PublishedKey>>>? _read;
    private volatile AudienceKeySet _now;

    /// <param name="keys">The initial keys.</param>
    /// <param name="read">Reads the keys again; null when they never change.</param>
    public AudienceKeys(
        IReadOnlyCollection<PublishedKey> keys,
        Func<CancellationToken, Task<IReadOnlyCollection<PublishedKey>>>? read = null
    )
    {
        _read = read;
        _now = new AudienceKeySet(keys);
    }

    /// <summary>The keys as last read; the set itself never changes.</summary>
    public AudienceKeySet Current => _now;

    public IReadOnlyCollection<PublishedKey> All => _now.All;

    public PublishedKey? ByName(string audienceKey) => _now.ByName(audienceKey);

    /// <exception cref="KeyNotFoundException">No such key: rows for it cannot exist.</exception>
    public PublishedKey ById(int keyId) => _now.ById(keyId);

    /// <summary>Versions for which an event of this one counts, too, however many publications lie between.</summary>
    public IReadOnlyList<PublishedKey> SuccessorsOf(int keyId) => _now.SuccessorsOf(keyId);

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
    public PastKey PastOf(PublishedKey key) =>
        new(key.Key.Value, key.Window, key.ConsentPolicy)
        {
            Predecessors = [.. WithPredecessorsOf(key).Skip(1).Select(one => one.Key.Value)],
            Published = key.PublishedPos ?? Position.Start,
        };

    /// <summary>Reads the keys again. True when they had changed.</summary>
    public async Task<bool> ReloadAsync(CancellationToken cancellationToken)
    {
        if (_read is null)
        {
            return false;
        }

        var before = _now;
        var after = new AudienceKeySet(await _read(cancellationToken));
        if (after.HasSameKeys(before))
        {
            return false;
        }

        _now = after;
        return true;
    }
}
