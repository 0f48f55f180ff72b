using System.Text.Json;
using AudienceSync.Connectors;
using AudienceSync.Host.Privacy;
using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Sync.Runs;

/// <summary>
/// Seals the requests and responses of calls, under a key of the day. They have no identifiers, but they show how much an account sends and
/// what a platform answers.
/// </summary>
public sealed class CallSeal(MasterKeys keys)
{
    private readonly DailySeal _seal = new(keys, "call");

    public SealedExchange Seal(DateTimeOffset sentAt, CallExchange exchange) =>
        new(_seal.KeyVersion, _seal.Seal(sentAt, JsonSerializer.SerializeToUtf8Bytes(exchange)));

    /// <summary>Null when it does not open: damaged, or of a version that this process does not hold.</summary>
    public CallExchange? TryOpen(DateTimeOffset sentAt, short keyVersion, ReadOnlySpan<byte> cipher) =>
        _seal.TryOpen(sentAt, keyVersion, cipher) is { } plain ? JsonSerializer.Deserialize<CallExchange>(plain) : null;
}
