namespace AudienceSync.Host.Privacy.Keys;

/// <summary>
/// The master keys that a process holds, by version. All of them open; the one with the highest number seals. A new version is added next
/// to the old one, which is removed when nothing is sealed under it any more.
/// </summary>
public sealed class MasterKeys
{
    private readonly SortedList<short, MasterKey> _keys = [];

    /// <exception cref="ArgumentException">No key, or two of one version.</exception>
    public MasterKeys(params ReadOnlySpan<MasterKey> keys)
    {
        foreach (var key in keys)
        {
            _keys.Add(key.Version, key);
        }

        Current = _keys.Count > 0 ? _keys.Values[^1] : throw new ArgumentException("There is no master key.", nameof(keys));
    }

    /// <summary>The one that seals.</summary>
    public MasterKey Current { get; }

    /// <summary>In ascending order.</summary>
    public IReadOnlyList<MasterKey> All => [.. _keys.Values];

    public bool Holds(short version) => _keys.ContainsKey(version);

    /// <exception cref="MasterKeyAbsentException">It is not held.</exception>
    public MasterKey ByVersion(short version) =>
        _keys.TryGetValue(version, out var key) ? key : throw new MasterKeyAbsentException(version);

    /// <summary>Secrets are never printed.</summary>
    public override string ToString() => $"MasterKeys({string.Join(", ", _keys.Keys)})";
}
