using System.Text;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Host.Privacy;

/// <summary>Turns a canonical identifier into the keyed digest under which its person is found. Safe for any number of threads.</summary>
public sealed class AliasDigester : IDisposable
{
    private readonly KeyedHash _hash;

    public AliasDigester(MasterKey master)
    {
        Span<byte> key = stackalloc byte[MasterKey.KeyBytes];
        master.Derive("audiencesync alias v1"u8, default, key);
        _hash = new KeyedHash(key);
    }

    /// <summary>The kind is part of what is digested, so a customer id that looks like an e-mail address is not one.</summary>
    public Alias Digest(IdentifierKind kind, string canonical)
    {
        var length = Encoding.UTF8.GetMaxByteCount(canonical.Length);
        var buffer = length <= 1024 ? stackalloc byte[1024] : new byte[length];
        var used = Encoding.UTF8.GetBytes(canonical, buffer);
        Span<byte> digest = stackalloc byte[KeyedHash.Bytes];
        _hash.Compute([(byte)kind], buffer[..used], digest);
        return new Alias(kind, new AliasDigest(new Guid(digest[..16], bigEndian: true)));
    }

    public void Dispose() => _hash.Dispose();
}
