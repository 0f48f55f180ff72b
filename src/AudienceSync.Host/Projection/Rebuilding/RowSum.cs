using System.Buffers.Binary;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// A count and an order-independent checksum over rows: the sum of a 64-bit digest of each. It detects rows that a fault changes, loses or
/// duplicates; it is no protection against deliberate manipulation.
/// </summary>
public struct RowSum : IEquatable<RowSum>
{
    private const ulong Odd = 0x9E3779B97F4A7C15;

    public long Count { get; private set; }

    public long Checksum { get; private set; }

    public void Add(ReadOnlySpan<byte> row)
    {
        var sum = Odd * (ulong)(row.Length + 1);
        for (; row.Length >= 8; row = row[8..])
        {
            sum = Mix(sum ^ BinaryPrimitives.ReadUInt64LittleEndian(row));
        }

        foreach (var last in row)
        {
            sum = Mix(sum ^ last);
        }

        Count++;
        Checksum = unchecked(Checksum + (long)sum);
    }

    public readonly bool Equals(RowSum other) => Count == other.Count && Checksum == other.Checksum;

    public override readonly bool Equals(object? obj) => obj is RowSum other && Equals(other);

    public override readonly int GetHashCode() => HashCode.Combine(Count, Checksum);

    private static ulong Mix(ulong value)
    {
        var high = Math.BigMul(value, Odd, out var low);
        return high ^ low;
    }
}
