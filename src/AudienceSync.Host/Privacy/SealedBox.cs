using System.Security.Cryptography;

namespace AudienceSync.Host.Privacy;

/// <summary>
/// AES-256-GCM in one layout: nonce (12), tag (16), ciphertext. The nonce is random: a key here seals far fewer than 2^32 messages
/// (a person's key a handful; the bodies' key is derived again each day), which is the bound for random nonces (NIST SP 800-38D, 8.3).
/// </summary>
public static class SealedBox
{
    public const int OverheadBytes = NonceBytes + TagBytes;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public static byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> boundTo)
    {
        var box = new byte[OverheadBytes + plain.Length];
        var nonce = box.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, box.AsSpan(OverheadBytes), box.AsSpan(NonceBytes, TagBytes), boundTo);
        return box;
    }

    /// <exception cref="AuthenticationTagMismatchException">Another key, another owner, or damaged.</exception>
    public static byte[] Open(ReadOnlySpan<byte> key, ReadOnlySpan<byte> box, ReadOnlySpan<byte> boundTo)
    {
        if (box.Length < OverheadBytes)
        {
            throw new AuthenticationTagMismatchException("A sealed box is truncated.");
        }

        var plain = new byte[box.Length - OverheadBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(box[..NonceBytes], box[OverheadBytes..], box.Slice(NonceBytes, TagBytes), plain, boundTo);
        return plain;
    }
}
