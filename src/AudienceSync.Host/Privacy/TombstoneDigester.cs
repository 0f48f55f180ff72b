using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Privacy;

/// <summary>
/// Turns the digest of an alias into the digest that is kept after an erasure. It has a secret of its own, so the list of erased aliases
/// cannot be matched against the list of known ones. Safe for any number of threads.
/// </summary>
public sealed class TombstoneDigester(ReadOnlySpan<byte> secret) : IDisposable
{
    private readonly KeyedHash _hash = new(secret);

    public Guid Digest(AliasDigest alias)
    {
        Span<byte> bytes = stackalloc byte[16];
        alias.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        Span<byte> digest = stackalloc byte[KeyedHash.Bytes];
        _hash.Compute(bytes, default, digest);
        return new Guid(digest[..16], bigEndian: true);
    }

    public void Dispose() => _hash.Dispose();
}
