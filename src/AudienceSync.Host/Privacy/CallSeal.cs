using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AudienceSync.Connectors;
using AudienceSync.Host.Storage.Syncing;

namespace AudienceSync.Host.Privacy;

/// <summary>
/// Seals the requests and responses of calls, under a key of the day. They have no identifiers, but they show how much an account sends and
/// what a platform answers.
/// </summary>
public sealed class CallSeal(MasterKeys keys)
{
    private volatile DayKey? _latest;

    public SealedExchange Seal(DateTimeOffset sentAt, CallExchange exchange) =>
        new(keys.Current.Version, SealedBox.Seal(KeyOf(keys.Current, sentAt), JsonSerializer.SerializeToUtf8Bytes(exchange), "call"u8));

    /// <summary>Null when it does not open: damaged, or of a version that this process does not hold.</summary>
    public CallExchange? TryOpen(DateTimeOffset sentAt, short keyVersion, ReadOnlySpan<byte> cipher)
    {
        try
        {
            return JsonSerializer.Deserialize<CallExchange>(SealedBox.Open(KeyOf(keys.ByVersion(keyVersion), sentAt), cipher, "call"u8));
        }
        catch (Exception failure) when (failure is AuthenticationTagMismatchException or MasterKeyAbsentException)
        {
            return null;
        }
    }

    private byte[] KeyOf(MasterKey master, DateTimeOffset sentAt)
    {
        var day = sentAt.UtcDateTime.Date;
        if (_latest is { } latest && latest.Day == day && latest.Version == master.Version)
        {
            return latest.Key;
        }

        var key = new byte[MasterKey.KeyBytes];
        master.Derive(Encoding.ASCII.GetBytes("audiencesync call v1 " + day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)), default, key);
        _latest = new DayKey(master.Version, day, key);
        return key;
    }

    private sealed record DayKey(short Version, DateTime Day, byte[] Key);
}
