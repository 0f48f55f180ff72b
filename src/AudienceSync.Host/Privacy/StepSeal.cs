using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Privacy;

/// <summary>
/// Seals the delivery ids of steps, under a key of the day: a delivery id is all that is needed to report the outcome of
/// a delivery, and to unsubscribe its person.
/// </summary>
public sealed class StepSeal(MasterKeys keys)
{
    private readonly DailySeal _seal = new(keys, "step");

    /// <inheritdoc cref="DailySeal.KeyVersion"/>
    public short KeyVersion => _seal.KeyVersion;

    /// <inheritdoc cref="DailySeal.Seal"/>
    public byte[] Seal(DateTimeOffset recordedAt, ReadOnlySpan<byte> deliveryId) => _seal.Seal(recordedAt, deliveryId);

    /// <inheritdoc cref="DailySeal.TryOpen"/>
    public byte[]? TryOpen(DateTimeOffset recordedAt, short keyVersion, ReadOnlySpan<byte> cipher) =>
        _seal.TryOpen(recordedAt, keyVersion, cipher);
}
