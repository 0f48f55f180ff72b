using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Domain.Events;

/// <summary>
/// The id of a stored event. It is derived (UUID version 5) from the source and the sender's own event id, so that the log's unique index
/// on it is the deduplication: the same webhook, however often and to whichever host it is sent, is one row, permanently.
/// </summary>
public readonly record struct EventId(Guid Value)
{
    private const int StackBytes = 1024;

    // A fixed namespace of our own (RFC 9562, 5.5). Changing it would make every retry a new event.
    private static readonly byte[] Namespace = Convert.FromHexString("5b1f0c5e6a9d4c0f8f27a1d0e3b4c596");

    /// <summary>
    /// Derives the id. The NUL between source and id distinguishes <c>(a, bc)</c> from <c>(ab, c)</c>; names contain none.
    /// </summary>
    public static EventId Derive(string source, ReadOnlySpan<char> senderId)
    {
        var length = Namespace.Length + Encoding.UTF8.GetMaxByteCount(source.Length + 1 + senderId.Length);
        var rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        var buffer = rented ?? stackalloc byte[StackBytes];
        Namespace.CopyTo(buffer);
        var used = Namespace.Length;
        used += Encoding.UTF8.GetBytes(source, buffer[used..]);
        buffer[used++] = 0;
        used += Encoding.UTF8.GetBytes(senderId, buffer[used..]);
        var id = FromName(buffer[..used]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        return id;
    }

    public override string ToString() => Value.ToString();

    private static EventId FromName(ReadOnlySpan<byte> name)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 9562 defines version 5 over SHA-1; it names, it does not protect.
        SHA1.HashData(name, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new EventId(new Guid(hash[..16], bigEndian: true));
    }
}
