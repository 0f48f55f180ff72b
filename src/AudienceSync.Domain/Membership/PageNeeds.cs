using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>
/// What must be loaded to fold a page, in four steps, because each depends on what the one before has found: links, rows, permissions
/// (<see cref="PermissionNeeds"/>), and the histories of the few people whose permissions are not exact.
/// </summary>
public static class PageNeeds
{
    /// <summary>
    /// Everyone on the page, with all owners it names: the people whose links are needed. An owner that an anchor had only within the page
    /// counts, too, because the hourly counts follow the links event by event.
    /// </summary>
    public static List<Guid> PeopleOf(PageFacts page)
    {
        var people = new HashSet<Guid>(page.RowPeople);
        people.UnionWith(page.Reidentified.Select(person => person.Value));
        people.UnionWith(page.LinkFacts.SelectMany(link => new[] { link.Person.Value, link.Owner.Value }));
        var unnamed = page.Permissions.Where(stated => stated.KeyId == 0 || !page.Mode.Scope.HasAllKeys);
        people.UnionWith(unnamed.Select(stated => stated.Anchor.Value));
        return [.. people];
    }

    /// <summary>The anchors of which the rows of all keys are needed, beside <see cref="PageFacts.RowPeople"/>.</summary>
    public static List<Guid> WholeAnchors(PageFacts page, PageLinks links) =>
        [.. links.EverLinked.Concat(page.Reidentified).Select(person => person.Value).Distinct()];

    /// <summary>The permissions that are needed beside the stored rows.</summary>
    public static PermissionNeeds Permissions(PageFacts page, PageLinks links, IReadOnlyDictionary<RowId, MembershipRow> rows)
    {
        var groups = links.Groups;
        var roots = new HashSet<PersonId>();
        var facts = new List<AnchorPermission>();
        foreach (var (keyId, anchor, fact) in page.Permissions)
        {
            if (!IsRepeated(new RowId(anchor, keyId), fact, links, rows))
            {
                facts.Add(new AnchorPermission(anchor, fact));
                roots.Add(groups.RootOf(anchor));
            }
        }

        foreach (var fact in page.Facts)
        {
            AddUnlessStored(fact.Id);
        }

        foreach (var id in RowsToTakeOver(page, rows))
        {
            AddUnlessStored(id);
        }

        if (page.Links.Count > 0)
        {
            roots.UnionWith(links.EverLinked.Select(groups.RootOf));
        }

        return new PermissionNeeds(groups, facts, roots);

        // A new row of a person needs their restrictions; a stored one has them.
        void AddUnlessStored(RowId id)
        {
            var root = groups.RootOf(id.Person);
            if (!rows.ContainsKey(id with { Person = root }))
            {
                roots.Add(root);
            }
        }
    }

    // Rows of successors that take over a loaded row of their predecessor.
    private static IEnumerable<RowId> RowsToTakeOver(PageFacts page, IReadOnlyDictionary<RowId, MembershipRow> rows) =>
        page.Mode.OpenSuccessors.SelectMany(successor =>
            rows.Keys.Where(id => id.KeyId == successor.InheritsFrom).Select(id => id with { KeyId = successor.KeyId })
        );

    // A repeated yes of a person without links, whose row already has the grant, and who never refused. For a person whose links this page
    // changes, the row may still contain a yes of an anchor that now belongs to another person.
    private static bool IsRepeated(RowId id, PermissionFact fact, PageLinks links, IReadOnlyDictionary<RowId, MembershipRow> rows)
    {
        var granted = fact switch
        {
            { Yes: true, Topic: PermissionTopic.UserData } => TargetingRestrictions.UserDataGranted,
            { Yes: true, Topic: PermissionTopic.Personalization } => TargetingRestrictions.PersonalizationGranted,
            _ => TargetingRestrictions.None,
        };
        return granted != TargetingRestrictions.None
            && !links.EverLinked.Contains(id.Person)
            && rows.TryGetValue(id, out var row)
            && (row.Restrictions & (granted | TargetingRestrictions.EverRefused)) == granted;
    }
}
