using System.Security.Cryptography;

namespace AudienceSync.Host.Privacy.Keys;

/// <summary>
/// One version of the secret from which the other keys are derived (HKDF-SHA-256): the key that wraps a workspace's secrets, the key of raw
/// bodies, and with a person's salt the key of that person. It is never stored with the data; if it is lost, every identifier is lost, and
/// so is every way to remove a member.
/// </summary>
public sealed class MasterKey
{
    public const int KeyBytes = 32;

    private readonly KeyedHash _expand;

    public MasterKey(short version, ReadOnlySpan<byte> secret)
    {
        if (secret.Length != KeyBytes)
        {
            throw new ArgumentException($"A master key has {KeyBytes} bytes.", nameof(secret));
        }

        Version = version;
        Span<byte> extracted = stackalloc byte[KeyedHash.Bytes];
        HKDF.Extract(HashAlgorithmName.SHA256, secret, salt: default, extracted);
        _expand = new KeyedHash(extracted);
        CryptographicOperations.ZeroMemory(extracted);
    }

    /// <summary>Stored with everything encrypted, so that several master keys can coexist.</summary>
    public short Version { get; }

    /// <summary>
    /// Derives 32 bytes for a purpose: HKDF-Expand (RFC 5869, 2.3) of the extracted master key, one block, with purpose and salt as its
    /// info. A person's key is derived for every delivery of the person, so the extraction is done once. <paramref name="salt"/> is empty
    /// for keys that do not belong to a person.
    /// </summary>
    public void Derive(ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> salt, Span<byte> key)
    {
        Span<byte> info = stackalloc byte[purpose.Length + salt.Length + 1];
        purpose.CopyTo(info);
        salt.CopyTo(info[purpose.Length..]);
        info[^1] = 1;
        _expand.Compute(info, default, key);
    }

    /// <summary>A value by which a wrong key is distinguished from the right one, without revealing anything about the key.</summary>
    public byte[] CheckValue()
    {
        var check = new byte[KeyBytes];
        Derive("audiencesync check v1"u8, default, check);
        return check;
    }

    /// <summary>The bytes of a secret are never printed.</summary>
    public override string ToString() => "MasterKey(***)";
}
