using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using AudienceSync.Domain.Identity;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Privacy;

/// <summary>
/// Seals and opens the identifiers of one person under the person's own key, derived from the master key and the person's salt. When the
/// salt is destroyed, every revision of the person is noise. A revision is bound to its person and number, so rows cannot be swapped.
/// </summary>
public sealed class Vault(MasterKeys keys)
{
    public const int SaltBytes = 16;

    /// <summary>The version that <see cref="Seal(PersonId, int, ReadOnlySpan{byte}, IdentifierRevision)"/> seals under.</summary>
    public short KeyVersion => keys.Current.Version;

    public static byte[] NewSalt() => RandomNumberGenerator.GetBytes(SaltBytes);

    public byte[] Seal(PersonId person, int number, ReadOnlySpan<byte> salt, IdentifierRevision revision)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            VaultJson.Write(json, revision);
        }

        return Seal(person, number, salt, buffer.WrittenSpan);
    }

    /// <param name="keyVersion">The key version of the row.</param>
    /// <exception cref="MasterKeyAbsentException">This process does not hold the version.</exception>
    /// <exception cref="AuthenticationTagMismatchException">Another salt, person or revision, or damaged.</exception>
    public IdentifierRevision Open(PersonId person, int number, short keyVersion, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> cipher) =>
        VaultJson.Read(Unseal(person, number, keyVersion, salt, cipher));

    /// <summary>
    /// As <see cref="Open"/>, but only the identifiers by which the person is reached: what a delivery needs, at a third of the cost.
    /// </summary>
    /// <exception cref="MasterKeyAbsentException">This process does not hold the version.</exception>
    /// <exception cref="AuthenticationTagMismatchException">Another salt, person or revision, or damaged.</exception>
    public PersonIdentifiers OpenIdentifiers(
        PersonId person,
        int number,
        short keyVersion,
        ReadOnlySpan<byte> salt,
        ReadOnlySpan<byte> cipher
    ) => VaultJson.ReadIdentifiers(Unseal(person, number, keyVersion, salt, cipher));

    /// <summary>Null when it does not open: damaged, or of a version that this process does not hold.</summary>
    public IdentifierRevision? TryOpen(PersonId person, int number, short keyVersion, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> cipher)
    {
        try
        {
            return Open(person, number, keyVersion, salt, cipher);
        }
        catch (Exception failure) when (failure is AuthenticationTagMismatchException or MasterKeyAbsentException)
        {
            return null;
        }
    }

    /// <summary>The same content, byte for byte, under the newest master key.</summary>
    /// <exception cref="MasterKeyAbsentException">This process does not hold the version.</exception>
    /// <exception cref="AuthenticationTagMismatchException">Another salt, person or revision, or damaged.</exception>
    public byte[] Reseal(PersonId person, int number, short keyVersion, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> cipher) =>
        Seal(person, number, salt, Unseal(person, number, keyVersion, salt, cipher));

    private byte[] Seal(PersonId person, int number, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> plain)
    {
        Span<byte> key = stackalloc byte[MasterKey.KeyBytes];
        Span<byte> owner = stackalloc byte[20];
        PersonKey(keys.Current, salt, key);
        Bind(person, number, owner);
        var box = SealedBox.Seal(key, plain, owner);
        CryptographicOperations.ZeroMemory(key);
        return box;
    }

    private byte[] Unseal(PersonId person, int number, short keyVersion, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> cipher)
    {
        Span<byte> key = stackalloc byte[MasterKey.KeyBytes];
        Span<byte> owner = stackalloc byte[20];
        PersonKey(keys.ByVersion(keyVersion), salt, key);
        Bind(person, number, owner);
        var plain = SealedBox.Open(key, cipher, owner);
        CryptographicOperations.ZeroMemory(key);
        return plain;
    }

    private static void PersonKey(MasterKey master, ReadOnlySpan<byte> salt, Span<byte> key) =>
        master.Derive("audiencesync person v1"u8, salt, key);

    private static void Bind(PersonId person, int number, Span<byte> owner)
    {
        person.Value.TryWriteBytes(owner, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(owner[16..], number);
    }
}
