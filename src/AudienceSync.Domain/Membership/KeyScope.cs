namespace AudienceSync.Domain.Membership;

/// <summary>The keys whose rows are folded. Consent in the events of other keys counts all the same.</summary>
public sealed record KeyScope
{
    public static readonly KeyScope AllKeys = new((int?)null);

    private readonly int? _only;

    private KeyScope(int? only) => _only = only;

    public static KeyScope OnlyKey(int keyId) => new((int?)keyId);

    /// <summary>From its stored form.</summary>
    /// <param name="keyId">The only key, or null for all keys.</param>
    public static KeyScope Of(int? keyId) => keyId is { } only ? OnlyKey(only) : AllKeys;

    public bool HasAllKeys => _only is null;

    public bool Includes(int keyId) => _only is null || _only == keyId;
}
