namespace AudienceSync.Domain.Tests.Syncing;

/// <summary>A remote audience as the contracts describe it: a set of digests. It always refuses some digests by name.</summary>
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
