namespace AudienceSync.Bench.Sync;

/// <summary>The traffic of one platform.</summary>
internal sealed class PlatformTraffic(string name)
{
    private long _adds;
    private long _removals;
    private long _digests;
    private long _bytes;

    public string Name => name;

    public long Adds => Volatile.Read(ref _adds);

    public long Removals => Volatile.Read(ref _removals);

    public long Digests => Volatile.Read(ref _digests);

    public long Bytes => Volatile.Read(ref _bytes);

    public void Add(bool removal, long digests, long bytes)
    {
        Interlocked.Increment(ref removal ? ref _removals : ref _adds);
        Interlocked.Add(ref _digests, digests);
        Interlocked.Add(ref _bytes, bytes);
    }
}
