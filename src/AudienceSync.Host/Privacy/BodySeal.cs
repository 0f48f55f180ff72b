using AudienceSync.Host.Privacy.Keys;

namespace AudienceSync.Host.Privacy;

/// <summary>Seals what senders sent, under a key of the day: raw bodies and quarantined ones.</summary>
/// <param name="fingerprint">
/// A secret of the workspace, so that a redelivered body is recognized whatever the master key is by then.
/// </param>
public sealed class BodySeal(MasterKeys keys, ReadOnlySpan<byte> fingerprint)
{
    private readonly KeyedHash _fingerprint = new(fingerprint);

    private readonly DailySeal _seal = new(keys, "body");

    /// <inheritdoc cref="DailySeal.KeyVersion"/>
    public short KeyVersion => _seal.KeyVersion;

    /// <inheritdoc cref="DailySeal.Seal"/>
    public byte[] Seal(DateTimeOffset receivedAt, ReadOnlySpan<byte> plain) => _seal.Seal(receivedAt, plain);

    /// <inheritdoc cref="DailySeal.Open"/>
    public byte[] Open(DateTimeOffset receivedAt, short keyVersion, ReadOnlySpan<byte> cipher) =>
        _seal.Open(receivedAt, keyVersion, cipher);

    /// <inheritdoc cref="DailySeal.TryOpen"/>
    public byte[]? TryOpen(DateTimeOffset receivedAt, short keyVersion, ReadOnlySpan<byte> cipher) =>
        _seal.TryOpen(receivedAt, keyVersion, cipher);

    /// <summary>A keyed digest of a body, by which the same body is recognized. Not reversible without the secret.</summary>
    public string Fingerprint(ReadOnlySpan<byte> plain)
    {
        Span<byte> digest = stackalloc byte[KeyedHash.Bytes];
        _fingerprint.Compute(plain, default, digest);
        return Convert.ToHexStringLower(digest);
    }
}
