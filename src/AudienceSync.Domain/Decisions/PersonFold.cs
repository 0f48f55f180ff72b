using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Decisions;

/// <summary>
/// Folds the events of one person that are not projected yet over the person's rows, by the functions of the projector
/// (<see cref="PageFold"/>, <see cref="PermissionNeeds"/>): so what a decision states is what the projector will have stored.
/// </summary>
public sealed class PersonFold
{
    private readonly PersonSnapshot _snapshot;
    private readonly PageFacts _page;
    private readonly PageLinks _links;
    private readonly HistoryNeeds _permissions;

    private PersonFold(PersonSnapshot snapshot, PageFacts page)
    {
        (_snapshot, _page) = (snapshot, page);
        _links = PageLinks.Of(snapshot.Owners, page);
        var facts = page.Permissions.Select(stated => new AnchorPermission(stated.Anchor, stated.Fact)).ToList();
        _permissions = new PermissionNeeds(_links.Groups, facts, [snapshot.Root]).With(snapshot.Permissions);
    }

    /// <summary>
    /// Anchors whose streams must be read, because the person has refused something and these have not stored every yes. Mostly none.
    /// </summary>
    public List<Guid> HistoryAnchors => _permissions.Anchors;

    /// <summary>Reads the pending events. Null when one names a key that is not among the keys: then they must be read again.</summary>
    public static PersonFold? TryRead(PersonSnapshot snapshot, AudienceKeySet keys)
    {
        var events = snapshot.Pending.OrderBy(logged => logged.Position.Value).ToList();
        var reading = PageFold.Read(events, new PersonMode(keys));
        return reading.Facts is { } page ? new PersonFold(snapshot, page) : null;
    }

    /// <summary>Folds.</summary>
    /// <param name="histories">All permission facts of <see cref="HistoryAnchors"/>, in any order.</param>
    /// <param name="now">The time at which windows are evaluated.</param>
    public CurrentPerson Finish(IReadOnlyDictionary<PersonId, List<PermissionFact>> histories, DateTimeOffset now)
    {
        var permissions = _permissions.With(histories);
        var result = PageFold.Fold(_page, new PageSnapshot(_links, _snapshot.Rows, permissions), changedPos: 0, now);
        var changed = result.Rows.ToDictionary(row => row.Id, row => row.State);
        return new CurrentPerson(
            _snapshot.Root,
            _links.Groups,
            id => changed.TryGetValue(id, out var state) ? state : _snapshot.Rows.GetValueOrDefault(id)?.State ?? MembershipState.Nothing,
            permissions.Sums[_snapshot.Root],
            now
        );
    }
}
