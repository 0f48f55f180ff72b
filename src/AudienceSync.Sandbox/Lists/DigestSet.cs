using System.Runtime.InteropServices;

namespace AudienceSync.Sandbox.Lists;

/// <summary>The digests of one key of one list, each with the row that last added it. Not safe for concurrent use.</summary>
internal sealed class DigestSet
{
    private readonly Dictionary<Digest, int> rowOf = [];

    public int Count => rowOf.Count;

    /// <summary>XOR of all digests: changes with every member, independent of insertion order.</summary>
    public Digest Xor { get; private set; }

    /// <summary>True when the digest is new; otherwise returns the row that it belonged to before.</summary>
    public bool Put(Digest digest, int row, out int formerRow)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(rowOf, digest, out var existed);
        formerRow = slot;
        slot = row;
        if (existed)
        {
            return false;
        }

        Xor ^= digest;
        return true;
    }

    public bool Take(Digest digest, out int row)
    {
        if (!rowOf.Remove(digest, out row))
        {
            return false;
        }

        Xor ^= digest;
        return true;
    }

    /// <summary>Removes every digest whose row matches.</summary>
    /// <returns>The number of removed digests.</returns>
    public int TakeWhere(Func<int, bool> predicate, Action<int> release)
    {
        var taken = rowOf.Where(entry => predicate(entry.Value)).ToArray();
        foreach (var (digest, row) in taken)
        {
            rowOf.Remove(digest);
            Xor ^= digest;
            release(row);
        }

        return taken.Length;
    }

    public Digest[] ToArray() => [.. rowOf.Keys];
}
