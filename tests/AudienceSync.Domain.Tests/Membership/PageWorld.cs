using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Tests.Membership;

/// <summary>The tables of a projection in memory. Folds pages as the Host does, loading exactly what is needed and no more.</summary>
internal sealed class PageWorld
{
    public static readonly DateTimeOffset Now = new(2026, 3, 10, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<PersonId, PersonId> _links = [];
    private readonly Dictionary<PersonId, List<PermissionFact>> _streams = [];

    public Dictionary<RowId, MembershipRow> Rows { get; } = [];

    public Dictionary<PersonId, Permissions> Permissions { get; } = [];

    public Dictionary<(int KeyId, DateTimeOffset Hour), HourChange> Hours { get; } = [];

    public int Applied { get; private set; }

    public int Superseded { get; private set; }

    public long ChangedPos { get; private set; }

    public int HistoriesRead { get; private set; }

    public List<Guid> PermissionsRead { get; private set; } = [];

    public static PersonId Person(int number) => new(new Guid(number, 0, 0, new byte[8]));

    public PageResult Fold(IReadOnlyList<LogEvent> events, FoldMode mode)
    {
        foreach (var logged in events)
        {
            var facts = new List<PermissionFact>();
            PermissionFact.Read(logged.Type, logged.Data, facts);
            _streams[logged.Person] = [.. _streams.GetValueOrDefault(logged.Person, []), .. facts];
        }

        return Fold(PageFold.Read(events, mode).Facts.ShouldNotBeNull());
    }

    public PageResult TakeOver(int keyId, LiveMode mode) =>
        Fold(PageFold.TakeOver([.. Rows.Values.Where(row => row.KeyId == keyId)], mode));

    private PageResult Fold(PageFacts page)
    {
        var links = PageLinks.Of(GroupsOf(PageNeeds.PeopleOf(page)), page);
        var rows = new Dictionary<RowId, MembershipRow>();
        foreach (var (keyId, person) in page.RowKeyIds.Zip(page.RowPeople))
        {
            Load(rows, id => id == new RowId(new PersonId(person), keyId));
        }

        var whole = PageNeeds.WholeAnchors(page, links);
        Load(rows, id => whole.Contains(id.Person.Value));
        var folded = FoldPermissions(PageNeeds.Permissions(page, links, rows));
        var restricted = PageSnapshot.RestrictedAnchors(links, folded);
        Load(rows, id => restricted.Contains(id.Person.Value));
        return Keep(PageFold.Fold(page, new PageSnapshot(links, rows, folded), ChangedPos, Now));
    }

    private FoldedPermissions FoldPermissions(PermissionNeeds needs)
    {
        PermissionsRead = needs.Anchors;
        var histories = needs.With(Permissions.Where(row => needs.Anchors.Contains(row.Key.Value)).ToDictionary());
        HistoriesRead += histories.Anchors.Count;
        var anchors = histories.Anchors.Select(anchor => new PersonId(anchor));
        return histories.With(anchors.ToDictionary(anchor => anchor, anchor => _streams[anchor]));
    }

    private PageResult Keep(PageResult result)
    {
        foreach (var row in result.Rows)
        {
            row.IsNew.ShouldBe(!Rows.ContainsKey(row.Id), "a row is new exactly when no row is stored");
            Rows[row.Id] = row with { IsNew = false };
        }

        foreach (var (anchor, owner) in result.Links)
        {
            _links[anchor] = owner;
        }

        foreach (var (anchor, permissions) in result.Permissions)
        {
            Permissions[anchor] = permissions;
        }

        foreach (var (keyId, hour, change) in result.Hours)
        {
            Hours[(keyId, hour)] = Hours.GetValueOrDefault((keyId, hour)) + change;
        }

        (Applied, Superseded, ChangedPos) = (Applied + result.Applied, Superseded + result.Superseded, result.ChangedPos);
        return result;
    }

    // The links of these people, of everyone who is linked to them, and so on.
    private Dictionary<PersonId, PersonId> GroupsOf(List<Guid> people)
    {
        var found = people.Select(person => new PersonId(person)).ToHashSet();
        var before = 0;
        while (found.Count > before)
        {
            before = found.Count;
            foreach (var (anchor, owner) in _links.Where(link => found.Contains(link.Key) || found.Contains(link.Value)))
            {
                found.UnionWith([anchor, owner]);
            }
        }

        return _links.Where(link => found.Contains(link.Key)).ToDictionary();
    }

    private void Load(Dictionary<RowId, MembershipRow> rows, Func<RowId, bool> which)
    {
        foreach (var (id, row) in Rows.Where(row => which(row.Key)))
        {
            rows[id] = row;
        }
    }
}
