using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Privacy;

/// <summary>Seals one kind of data under a key of the day, derived from the master key.</summary>
/// <param name="keys">The master keys.</param>
/// <param name="kind">What is sealed: a part of every key, and bound to every box. Changing it makes what was sealed before
/// unreadable.</param>
public sealed class DailySeal(MasterKeys keys, string kind)
{
    private readonly byte[] _boundTo = Encoding.ASCII.GetBytes(kind);

    private volatile DayKey? _latest;

    /// <summary>The version that <see cref="Seal"/> seals under.</summary>
    public short KeyVersion => keys.Current.Version;

    public byte[] Seal(DateTimeOffset at, ReadOnlySpan<byte> plain) => SealedBox.Seal(KeyOf(keys.Current, at), plain, _boundTo);

    /// <exception cref="MasterKeyAbsentException">This process does not hold the version.</exception>
    public byte[] Open(DateTimeOffset at, short keyVersion, ReadOnlySpan<byte> cipher) =>
        SealedBox.Open(KeyOf(keys.ByVersion(keyVersion), at), cipher, _boundTo);

    /// <summary>Null when it does not open: damaged, or of a version that this process does not hold.</summary>
    public byte[]? TryOpen(DateTimeOffset at, short keyVersion, ReadOnlySpan<byte> cipher)
    {
        try
        {
            return Open(at, keyVersion, cipher);
        }
        catch (Exception failure) when (failure is AuthenticationTagMismatchException or MasterKeyAbsentException)
        {
            return null;
        }
    }

    private byte[] KeyOf(MasterKey master, DateTimeOffset at)
    {
        var day = at.UtcDateTime.Date;
        if (_latest is { } latest && latest.Day == day && latest.Version == master.Version)
        {
            return latest.Key;
        }

        var key = new byte[MasterKey.KeyBytes];
        master.Derive(
            Encoding.ASCII.GetBytes($"audiencesync {kind} v1 " + day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)),
            default,
            key
        );
        _latest = new DayKey(master.Version, day, key);
        return key;
    }

    private sealed record DayKey(short Version, DateTime Day, byte[] Key);
}
