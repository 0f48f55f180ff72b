namespace AudienceSync.Domain.Tests.Syncing;

/// <summary>A remote audience as the contracts describe it: a set of digests. Some digests it refuses by name, always.</summary>
internal sealed class SetPlatform
{
    public HashSet<Digest> Members { get; } = [];

    public static bool Refuses(Digest digest) => digest.Revision % 5 == 0;

    public void Add(Digest digest)
    {
        if (!Refuses(digest))
        {
            Members.Add(digest);
        }
    }

    public void Remove(Digest digest) => Members.Remove(digest);
}
