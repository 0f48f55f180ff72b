using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.Membership;

/// <summary>Folds the permission facts of one page; see <see cref="PermissionNeeds"/>.</summary>
internal sealed class PermissionFold
{
    private readonly AnchorGroups _groups;
    private readonly IReadOnlyDictionary<PersonId, Permissions> _stored;
    private readonly Dictionary<PersonId, Permissions> _changed = [];
    private readonly Func<PersonId, Permissions?> _before;
    private readonly Func<PersonId, Permissions?> _now;

    private PermissionFold(AnchorGroups groups, IReadOnlyDictionary<PersonId, Permissions> stored)
    {
        (_groups, _stored) = (groups, stored);
        _before = anchor => _stored.GetValueOrDefault(anchor);
        _now = anchor => _changed.TryGetValue(anchor, out var changed) ? changed : _stored.GetValueOrDefault(anchor);
    }

    public static FoldedPermissions Fold(
        AnchorGroups groups,
        IReadOnlyList<AnchorPermission> facts,
        IReadOnlyCollection<PersonId> roots,
        IReadOnlyDictionary<PersonId, Permissions> stored,
        IReadOnlyDictionary<PersonId, List<PermissionFact>> histories
    )
    {
        var fold = new PermissionFold(groups, stored);
        fold.Apply(histories);
        fold.Apply(facts);
        return fold.Finish(roots);
    }

    private void Apply(IReadOnlyDictionary<PersonId, List<PermissionFact>> histories)
    {
        foreach (var (anchor, facts) in histories)
        {
            _changed[anchor] = facts.Aggregate(Permissions.Unspecified with { Exact = true }, (sum, fact) => sum.Apply(fact));
        }
    }

    // All facts of an anchor without a row are on this page, and all of them are stored.
    private void Apply(IReadOnlyList<AnchorPermission> facts)
    {
        foreach (var (anchor, fact) in facts)
        {
            var stated = _now(anchor) ?? Permissions.Unspecified;
            if (!_stored.ContainsKey(anchor) || !stated.IsRepeatedBy(fact))
            {
                _changed[anchor] = stated.Apply(fact);
            }
        }
    }

    private FoldedPermissions Finish(IReadOnlyCollection<PersonId> roots)
    {
        var sums = new Dictionary<PersonId, Permissions>(roots.Count);
        var restricted = new HashSet<PersonId>();
        foreach (var root in roots)
        {
            var sum = sums[root] = _groups.SumOf(root, _now);
            if (!SameRestrictions(_groups.SumOf(root, _before), sum))
            {
                restricted.Add(root);
            }

            KeepExactly(root, sum.EverRefused);
        }

        return new FoldedPermissions(_changed, sums, restricted);
    }

    // Where a group has a no, every fact counts from here on. All facts of an anchor without a row are on this page. An anchor that has
    // left such a group is no longer exact: from here on its repeated yes is not written.
    private void KeepExactly(PersonId root, bool refused)
    {
        foreach (var anchor in _groups.AnchorsOf(root))
        {
            if (_now(anchor) is { } stated && stated.Exact != refused && (!refused || _changed.ContainsKey(anchor)))
            {
                _changed[anchor] = stated with { Exact = refused };
            }
        }
    }

    private static bool SameRestrictions(Permissions one, Permissions other) =>
        ReferenceEquals(one, other) || RowRule.SameRestrictions(one.Restrictions, one.RestrictedAt, other.Restrictions, other.RestrictedAt);
}
