using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>The stored permissions for a page, and whose streams must be read, too.</summary>
public sealed class HistoryNeeds
{
    private readonly AnchorGroups _groups;
    private readonly IReadOnlyList<AnchorPermission> _facts;
    private readonly IReadOnlyCollection<PersonId> _roots;
    private readonly IReadOnlyDictionary<PersonId, Permissions> _stored;

    internal HistoryNeeds(
        AnchorGroups groups,
        IReadOnlyList<AnchorPermission> facts,
        IReadOnlyCollection<PersonId> roots,
        IReadOnlyDictionary<PersonId, Permissions> stored
    )
    {
        (_groups, _facts, _roots, _stored) = (groups, facts, roots, stored);
        Anchors = stored.Count == 0 ? [] : Inexact();
    }

    /// <summary>
    /// Anchors whose streams must be read, up to the end of the page, because their group has a no and they have not stored every yes.
    /// </summary>
    public List<Guid> Anchors { get; }

    /// <summary>The last step: folds.</summary>
    /// <param name="histories">All permission facts of <see cref="Anchors"/>, in any order.</param>
    public FoldedPermissions With(IReadOnlyDictionary<PersonId, List<PermissionFact>> histories) =>
        _roots.Count == 0 ? FoldedPermissions.None : PermissionFold.Fold(_groups, _facts, _roots, _stored, histories);

    private List<Guid> Inexact()
    {
        var refusing = _facts.Where(one => !one.Fact.Yes).Select(one => _groups.RootOf(one.Anchor)).ToHashSet();
        return
        [
            .. from root in _roots
            let anchors = _groups.AnchorsOf(root)
            where refusing.Contains(root) || anchors.Any(anchor => _stored.GetValueOrDefault(anchor) is { EverRefused: true })
            from anchor in anchors
            where _stored.GetValueOrDefault(anchor) is { Exact: false }
            select anchor.Value,
        ];
    }
}
