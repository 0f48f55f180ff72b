using System.Security.Cryptography;
using System.Text;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Privacy;

/// <summary>Turns a canonical identifier into the keyed digest under which its person is found. Safe for any number of threads.</summary>
public sealed class AliasDigester : IDisposable
{
    private readonly ThreadLocal<HMACSHA256> _hmac;

    public AliasDigester(MasterKey master)
    {
        var key = new byte[MasterKey.KeyBytes];
        master.Derive("audiencesync alias v1"u8, default, key);
        _hmac = new ThreadLocal<HMACSHA256>(() => new HMACSHA256(key), trackAllValues: true);
    }

    /// <summary>The kind is part of what is digested, so a customer id that looks like an e-mail address is not one.</summary>
    public Alias Digest(IdentifierKind kind, string canonical)
    {
        var length = 1 + Encoding.UTF8.GetMaxByteCount(canonical.Length);
        var buffer = length <= 1024 ? stackalloc byte[1024] : new byte[length];
        buffer[0] = (byte)kind;
        var used = 1 + Encoding.UTF8.GetBytes(canonical, buffer[1..]);
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _hmac.Value!.TryComputeHash(buffer[..used], digest, out _);
        return new Alias(kind, new AliasDigest(new Guid(digest[..16], bigEndian: true)));
    }

    public void Dispose()
    {
        foreach (var hmac in _hmac.Values)
        {
            hmac.Dispose();
        }

        _hmac.Dispose();
    }
}
