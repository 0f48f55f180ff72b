using System.Globalization;
using System.Text;

namespace AudienceSync.Host.Privacy;

/// <summary>Seals what senders sent, under a key of the day: raw bodies and quarantined ones.</summary>
public sealed class BodySeal(MasterKey master)
{
    private readonly KeyedHash _fingerprint = FingerprintKey(master);

    private volatile DayKey? _latest;

    public short KeyVersion => master.Version;

    public byte[] Seal(DateTimeOffset receivedAt, ReadOnlySpan<byte> plain) => SealedBox.Seal(KeyOf(receivedAt), plain, "body"u8);

    public byte[] Open(DateTimeOffset receivedAt, ReadOnlySpan<byte> cipher) => SealedBox.Open(KeyOf(receivedAt), cipher, "body"u8);

    /// <summary>A keyed digest of a body, by which the same body is known again. Not reversible without the master key.</summary>
    public string Fingerprint(ReadOnlySpan<byte> plain)
    {
        Span<byte> digest = stackalloc byte[KeyedHash.Bytes];
        _fingerprint.Compute(plain, default, digest);
        return Convert.ToHexStringLower(digest);
    }

    private static KeyedHash FingerprintKey(MasterKey master)
    {
        Span<byte> key = stackalloc byte[MasterKey.KeyBytes];
        master.Derive("audiencesync fingerprint v1"u8, default, key);
        return new KeyedHash(key);
    }

    private byte[] KeyOf(DateTimeOffset receivedAt)
    {
        var day = receivedAt.UtcDateTime.Date;
        if (_latest is { } latest && latest.Day == day)
        {
            return latest.Key;
        }

        var key = new byte[MasterKey.KeyBytes];
        master.Derive(Encoding.ASCII.GetBytes("audiencesync body v1 " + day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)), default, key);
        _latest = new DayKey(day, key);
        return key;
    }

    private sealed record DayKey(DateTime Day, byte[] Key);
}
