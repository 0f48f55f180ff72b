using System.Security.Cryptography;

namespace AudienceSync.Host.Privacy;

/// <summary>
/// The one secret from which every other key is derived (HKDF-SHA-256): the alias key, the key of raw bodies, and with a person's salt the
/// key of that person. It is never stored beside the data; lose it and every identifier is lost, and so is every way to remove a member.
/// </summary>
public sealed class MasterKey
{
    public const int KeyBytes = 32;

    private readonly byte[] _secret;

    public MasterKey(short version, ReadOnlySpan<byte> secret)
    {
        if (secret.Length != KeyBytes)
        {
            throw new ArgumentException($"A master key has {KeyBytes} bytes.", nameof(secret));
        }

        Version = version;
        _secret = secret.ToArray();
    }

    /// <summary>Stored with everything encrypted, so that several master keys may live side by side.</summary>
    public short Version { get; }

    /// <summary>Derives 32 bytes for a purpose. <paramref name="salt"/> is empty for keys that belong to nobody in particular.</summary>
    public void Derive(ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> salt, Span<byte> key) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, key, salt, purpose);

    /// <summary>A value by which a wrong key is told from the right one, without saying anything of the key.</summary>
    public byte[] CheckValue()
    {
        var check = new byte[KeyBytes];
        Derive("audiencesync check v1"u8, default, check);
        return check;
    }

    /// <summary>A secret's bytes do not print.</summary>
    public override string ToString() => "MasterKey(***)";
}
