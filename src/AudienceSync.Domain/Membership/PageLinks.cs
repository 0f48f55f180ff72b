using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Membership;

/// <summary>The links among the people of one page: those from before it, and those that its events make.</summary>
public sealed class PageLinks
{
    private PageLinks(IReadOnlyDictionary<PersonId, PersonId> before, AnchorGroups groups, HashSet<PersonId> everLinked) =>
        (Before, Groups, EverLinked) = (before, groups, everLinked);

    /// <summary>The owner of each linked anchor before the page.</summary>
    public IReadOnlyDictionary<PersonId, PersonId> Before { get; }

    /// <summary>The groups after the page.</summary>
    public AnchorGroups Groups { get; }

    /// <summary>All anchors that were or are linked, or own another anchor, if only between two events of the page.</summary>
    public IReadOnlySet<PersonId> EverLinked { get; }

    /// <param name="before">The owner of each linked anchor before the page.</param>
    /// <param name="page">The page.</param>
    public static PageLinks Of(IReadOnlyDictionary<PersonId, PersonId> before, PageFacts page) =>
        Of(before, page.Links, page.LinkFacts.SelectMany(link => new[] { link.Person, link.Owner }));

    /// <param name="before">The owner of each linked anchor before the page.</param>
    /// <param name="changes">The owners that the page sets.</param>
    /// <param name="named">Everyone who is an anchor or an owner in a link of the page.</param>
    public static PageLinks Of(
        IReadOnlyDictionary<PersonId, PersonId> before,
        IReadOnlyDictionary<PersonId, PersonId> changes,
        IEnumerable<PersonId> named
    )
    {
        if (changes.Count == 0)
        {
            var same = AnchorGroups.Of(before);
            return new PageLinks(before, same, same.Linked());
        }

        var after = new Dictionary<PersonId, PersonId>(before);
        foreach (var (person, owner) in changes)
        {
            after[person] = owner;
        }

        var groups = AnchorGroups.Of(after);
        return new PageLinks(before, groups, [.. before.Keys, .. before.Values, .. groups.Linked(), .. named]);
    }
}
