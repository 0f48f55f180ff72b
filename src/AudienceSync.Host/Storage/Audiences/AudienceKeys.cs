using AudienceSync.Domain.Audiences;

namespace AudienceSync.Host.Storage.Audiences;

/// <summary>A published key with the number under which membership holds it.</summary>
public sealed record PublishedKey(int KeyId, AudienceKey Key, TimeSpan? Window)
{
    /// <summary>What the key demands of a person's consent.</summary>
    public ConsentPolicy ConsentPolicy { get; init; } = ConsentPolicy.Assumed;
}

/// <summary>The published keys of a workspace, by name and by number.</summary>
public sealed class AudienceKeys
{
    private readonly Dictionary<string, PublishedKey> _byName;
    private readonly Dictionary<int, PublishedKey> _byId;

    public AudienceKeys(IReadOnlyCollection<PublishedKey> keys)
    {
        All = keys;
        _byName = keys.ToDictionary(key => key.Key.Value, StringComparer.Ordinal);
        _byId = keys.ToDictionary(key => key.KeyId);
    }

    public IReadOnlyCollection<PublishedKey> All { get; }

    public PublishedKey? ByName(string audienceKey) => _byName.GetValueOrDefault(audienceKey);

    /// <exception cref="KeyNotFoundException">No such key: rows of it cannot exist.</exception>
    public PublishedKey ById(int keyId) => _byId[keyId];
}
