using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AudienceSync.Sandbox.Lists;

/// <summary>
/// A SHA-256 as four big-endian 64-bit integers: 32 bytes without an object header, and the integers sort in the order of the hex text.
/// </summary>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential)]
internal readonly record struct Digest(ulong A, ulong B, ulong C, ulong D) : IComparable<Digest>
{
    public const int Bytes = 32;
    public const int HexLength = 64;

    /// <summary>The digest that a client sends when it hashes the empty string (contract meta 9.1, last row).</summary>
    public static readonly Digest OfEmptyString = Of([]);

    public static Digest Of(ReadOnlySpan<byte> value)
    {
        Span<byte> hash = stackalloc byte[Bytes];
        SHA256.HashData(value, hash);
        return From(hash);
    }

    /// <summary>Accepts only 64 lowercase hex digits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, out Digest digest)
    {
        digest = default;
        if (hex.Length != HexLength || hex.ContainsAnyInRange((byte)'A', (byte)'F'))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[Bytes];
        if (Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        digest = From(bytes);
        return true;
    }

    public void WriteHex(Span<byte> utf8)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, A);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], B);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..], C);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..], D);
        _ = Convert.TryToHexStringLower(bytes, utf8, out _);
    }

    public string ToHex()
    {
        Span<byte> utf8 = stackalloc byte[HexLength];
        WriteHex(utf8);
        return System.Text.Encoding.ASCII.GetString(utf8);
    }

    public static Digest operator ^(Digest left, Digest right) =>
        new(left.A ^ right.A, left.B ^ right.B, left.C ^ right.C, left.D ^ right.D);

    // A digest is already uniform: one multiplication is enough to handle hand-made values in tests.
    public override int GetHashCode() => (int)(((A ^ (D << 1)) * 0x9E3779B97F4A7C15UL) >> 32);

    public int CompareTo(Digest other)
    {
        var order = A.CompareTo(other.A);
        order = order != 0 ? order : B.CompareTo(other.B);
        order = order != 0 ? order : C.CompareTo(other.C);
        return order != 0 ? order : D.CompareTo(other.D);
    }

    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;

    /// <param name="bytes">Exactly 32 bytes.</param>
    public static Digest From(ReadOnlySpan<byte> bytes) =>
        new(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..])
        );
}
