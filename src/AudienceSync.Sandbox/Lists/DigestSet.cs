using System.Runtime.InteropServices;

namespace AudienceSync.Sandbox.Lists;

/// <summary>The digests of one key of one list, each with the row it was last added with. Not safe for concurrent use.</summary>
internal sealed class DigestSet
{
    private readonly Dictionary<Digest, int> rowOf = [];

    public int Count => rowOf.Count;

    /// <summary>XOR of all digests: changes with every member, whatever the order they came in.</summary>
    public Digest Xor { get; private set; }

    /// <summary>True when the digest is new; the row it belonged to before is given back otherwise.</summary>
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

    /// <summary>Takes every digest whose row is meant.</summary>
    /// <returns>How many.</returns>
    public int TakeWhere(Func<int, bool> meant, Action<int> release)
    {
        var taken = rowOf.Where(entry => meant(entry.Value)).ToArray();
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
