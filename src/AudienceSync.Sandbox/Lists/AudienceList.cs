using System.Security.Cryptography;
using System.Text;

namespace AudienceSync.Sandbox.Lists;

/// <summary>One list as counted by the admin API.</summary>
internal sealed record ListSummary(
    string Platform,
    string Account,
    string Audience,
    int People,
    IReadOnlyDictionary<string, int> Digests,
    string Checksum,
    bool Deleted
);

/// <summary>
/// The contents of one audience on one platform: a set of (key, digest). Adding is union, removing is difference, cell by cell, so
/// a removal hashed differently from its add leaves an orphan, as on the real platform. Safe for concurrent use.
/// </summary>
/// <param name="isKey">The keys that the platform supports, for manual edits.</param>
internal sealed class AudienceList(string platform, string account, string audience, Func<string, bool> isKey)
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, DigestSet> sets = new(StringComparer.Ordinal);
    private RowTable rows = new();

    public string Platform => platform;

    public string Account => account;

    public string Audience => audience;

    /// <summary>Deleted on the platform. The list is empty and stays in the admin API until a reset.</summary>
    public bool Deleted { get; private set; }

    public int People
    {
        get
        {
            lock (gate)
            {
                return rows.Live;
            }
        }
    }

    public bool IsKey(string key) => isKey(key);

    /// <summary>Returns the number of digests that were not in the list before.</summary>
    /// <param name="at">When the members were added, for <see cref="RemoveAddedBefore"/>.</param>
    public int Add(RowBatch batch, DateTimeOffset at = default)
    {
        lock (gate)
        {
            var columns = SetsOf(batch.Columns);
            int added = 0,
                openFor = -1,
                row = 0;
            foreach (ref readonly var cell in batch.Cells)
            {
                if (cell.Row != openFor)
                {
                    openFor = cell.Row;
                    row = rows.Open(at.UtcTicks);
                }

                rows.Retain(row);
                if (columns[cell.Column].Put(cell.Digest, row, out var former))
                {
                    added++;
                }
                else
                {
                    rows.Release(former);
                }
            }

            return added;
        }
    }

    /// <summary>Returns the number of digests that were removed from the list.</summary>
    public int Remove(RowBatch batch)
    {
        lock (gate)
        {
            var columns = SetsOf(batch.Columns);
            var removed = 0;
            foreach (ref readonly var cell in batch.Cells)
            {
                if (columns[cell.Column].Take(cell.Digest, out var row))
                {
                    rows.Release(row);
                    removed++;
                }
            }

            return removed;
        }
    }

    /// <summary>Removes digests last added before a time, in rows with an add time.</summary>
    public int RemoveAddedBefore(DateTimeOffset time)
    {
        lock (gate)
        {
            var removed = 0;
            foreach (var set in sets.Values)
            {
                removed += set.TakeWhere(row => rows.AddedAt(row) < time.UtcTicks, rows.Release);
            }

            return removed;
        }
    }

    /// <summary>
    /// Simulates manual changes in the platform's own UI: removes a member and adds an unknown one, both selected by the seed and the list
    /// contents. An empty list does not change.
    /// </summary>
    public void EditManually(int seed)
    {
        lock (gate)
        {
            if (Filled().FirstOrDefault() is not { Key: { } key, Value: { } held })
            {
                return;
            }

            var digests = held.ToArray();
            Array.Sort(digests);
            var newcomer = Digest.Of(Encoding.UTF8.GetBytes($"stranger {seed} {held.Xor.ToHex()}"));
            if (held.Take(digests[(int)((uint)seed % (uint)digests.Length)], out var released))
            {
                rows.Release(released);
            }

            var row = rows.Open(at: 0);
            rows.Retain(row);
            held.Put(newcomer, row, out _);
        }
    }

    /// <summary>Moves the contents of the other list to this one; the other list is empty afterwards.</summary>
    public void TakeContentsOf(AudienceList other)
    {
        lock (gate)
        {
            lock (other.gate)
            {
                sets.Clear();
                foreach (var (key, set) in other.sets)
                {
                    sets[key] = set;
                }

                rows = other.rows;
                other.sets.Clear();
                other.rows = new RowTable();
            }
        }
    }

    public void Delete()
    {
        Clear();
        Deleted = true;
    }

    public void Clear()
    {
        lock (gate)
        {
            sets.Clear();
            rows = new RowTable();
            Deleted = false;
        }
    }

    public ListSummary Summarize()
    {
        lock (gate)
        {
            var counts = Filled().ToDictionary(set => set.Key, set => set.Value.Count, StringComparer.Ordinal);
            return new ListSummary(platform, account, audience, rows.Live, counts, Checksum(), Deleted);
        }
    }

    /// <summary>An independent copy: people, and for each key its digests, unsorted.</summary>
    public (int People, IReadOnlyList<(string Key, Digest[] Digests)> Keys) Snapshot()
    {
        lock (gate)
        {
            return (rows.Live, [.. Filled().Select(set => (set.Key, set.Value.ToArray()))]);
        }
    }

    // SHA-256 of one line per key, in key order: KEY:count:xor of its digests. It can be computed from the digests alone.
    private string Checksum()
    {
        var text = string.Concat(Filled().Select(set => $"{set.Key}:{set.Value.Count}:{set.Value.Xor.ToHex()}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private IEnumerable<KeyValuePair<string, DigestSet>> Filled() => sets.Where(set => set.Value.Count > 0);

    private DigestSet[] SetsOf(IReadOnlyList<string> columns)
    {
        var found = new DigestSet[columns.Count];
        for (var column = 0; column < found.Length; column++)
        {
            if (!sets.TryGetValue(columns[column], out var set))
            {
                sets[columns[column]] = set = new DigestSet();
            }

            found[column] = set;
        }

        return found;
    }
}
