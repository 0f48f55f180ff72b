using System.Collections.Concurrent;

namespace AudienceSync.Sandbox.Lists;

/// <summary>Every list of every platform, by audience id, for the admin views. Audience ids are unique across platforms here.</summary>
internal sealed class ListRegistry
{
    private readonly ConcurrentDictionary<string, AudienceList> lists = new(StringComparer.Ordinal);

    public IEnumerable<AudienceList> All => lists.Values.OrderBy(list => list.Audience, StringComparer.Ordinal);

    public AudienceList? Find(string audience) => lists.GetValueOrDefault(audience);

    public AudienceList Open(string platform, string account, string audience) =>
        lists.GetOrAdd(audience, id => new AudienceList(platform, account, id));

    public void Clear()
    {
        foreach (var list in lists.Values)
        {
            list.Clear();
        }
    }
}
