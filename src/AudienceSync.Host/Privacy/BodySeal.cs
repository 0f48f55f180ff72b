using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Host.Privacy;

/// <summary>Seals what senders sent, under a key of the day: raw bodies and quarantined ones.</summary>
/// <param name="fingerprint">
/// A secret of the workspace, so that a redelivered body is recognized whatever the master key is by then.
/// </param>
public sealed class BodySeal(MasterKeys keys, ReadOnlySpan<byte> fingerprint)
{
    private readonly KeyedHash _fingerprint = new(fingerprint);

    private volatile DayKey? _latest;

    /// <summary>The version that <see cref="Seal"/> seals under.</summary>
    public short KeyVersion => keys.Current.Version;

    public byte[] Seal(DateTimeOffset receivedAt, ReadOnlySpan<byte> plain) => SealedBox.Seal(KeyOf(keys.Current, receivedAt), plain, "body"u8);

    /// <exception cref="MasterKeyAbsentException">This process does not hold the version.</exception>
    public byte[] Open(DateTimeOffset receivedAt, short keyVersion, ReadOnlySpan<byte> cipher) =>
        SealedBox.Open(KeyOf(keys.ByVersion(keyVersion), receivedAt), cipher, "body"u8);

    /// <summary>Null when it does not open: damaged, or of a version that this process does not hold.</summary>
    public byte[]? TryOpen(DateTimeOffset receivedAt, short keyVersion, ReadOnlySpan<byte> cipher)
    {
        try
        {
            return Open(receivedAt, keyVersion, cipher);
        }
        catch (Exception failure) when (failure is AuthenticationTagMismatchException or MasterKeyAbsentException)
        {
            return null;
        }
    }

    /// <summary>A keyed digest of a body, by which the same body is recognized. Not reversible without the secret.</summary>
    public string Fingerprint(ReadOnlySpan<byte> plain)
    {
        Span<byte> digest = stackalloc byte[KeyedHash.Bytes];
        _fingerprint.Compute(plain, default, digest);
        return Convert.ToHexStringLower(digest);
    }

    private byte[] KeyOf(MasterKey master, DateTimeOffset receivedAt)
    {
        var day = receivedAt.UtcDateTime.Date;
        if (_latest is { } latest && latest.Day == day && latest.Version == master.Version)
        {
            return latest.Key;
        }

        var key = new byte[MasterKey.KeyBytes];
        master.Derive(Encoding.ASCII.GetBytes("audiencesync body v1 " + day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)), default, key);
        _latest = new DayKey(master.Version, day, key);
        return key;
    }

    private sealed record DayKey(short Version, DateTime Day, byte[] Key);
}
