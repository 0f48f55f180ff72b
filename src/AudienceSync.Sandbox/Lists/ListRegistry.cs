using System.Collections.Concurrent;

namespace AudienceSync.Sandbox.Lists;

/// <summary>Every list of every platform, by audience id, for the admin API. Audience ids are unique across platforms here.</summary>
internal sealed class ListRegistry
{
    private readonly ConcurrentDictionary<string, AudienceList> lists = new(StringComparer.Ordinal);

    public IEnumerable<AudienceList> All => lists.Values.OrderBy(list => list.Audience, StringComparer.Ordinal);

    public AudienceList? Find(string audience) => lists.GetValueOrDefault(audience);

    public AudienceList Open(string platform, string account, string audience, Func<string, bool> isKey) =>
        lists.GetOrAdd(audience, id => new AudienceList(platform, account, id, isKey));

    public void Forget(string audience) => lists.TryRemove(audience, out _);

    /// <summary>The first of the audiences that belongs to another account.</summary>
    public string? OwnedByAnother(string platform, string account, IEnumerable<string> audiences) =>
        audiences.FirstOrDefault(id => Find(id) is { } held && (held.Platform, held.Account) != (platform, account));

    public void Clear()
    {
        foreach (var list in lists.Values)
        {
            list.Clear();
        }
    }
}
