using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Host.Projection;

/// <summary>
/// Folds the permission events of one page of the log. As in membership, each anchor has the state from its own events, and the targeting
/// restrictions of a person follow from all of the person's anchors (docs/decisions/0009, 0013).
/// </summary>
/// <remarks>
/// <b>What is not written.</b> A webhook that repeats a yes of a person who never refused changes nothing that is visible, so nothing is
/// written, and where the person's row of the audience shows the yes, nothing is looked up. The cost comes with the first no in a group:
/// the streams of those of its anchors that have not stored every time are read once (<see cref="Inexact"/>).
/// </remarks>
internal sealed class PermissionFold
{
    private readonly List<(PersonId Person, PermissionFact Fact)> _facts = [];
    private readonly Dictionary<PersonId, Permissions> _known = [];
    private readonly Dictionary<PersonId, Permissions> _changed = [];
    private readonly Dictionary<PersonId, Permissions> _sums = [];
    private readonly HashSet<PersonId> _roots = [];
    private readonly HashSet<PersonId> _stored = [];
    private Dictionary<PersonId, Permissions> _before = [];

    /// <summary>Rows to write.</summary>
    public IReadOnlyDictionary<PersonId, Permissions> Changed => _changed;

    public void Clear()
    {
        _facts.Clear();
        _known.Clear();
        _changed.Clear();
        _sums.Clear();
        _roots.Clear();
        _stored.Clear();
    }

    public void Note(PersonId person, PermissionFact fact) => _facts.Add((person, fact));

    /// <summary>Marks a root whose restrictions will be needed.</summary>
    public void Want(PersonId root) => _roots.Add(root);

    /// <summary>All anchors of the roots that are marked or have a fact on this page.</summary>
    public List<Guid> Wanted(AnchorGroups groups)
    {
        _roots.UnionWith(_facts.Select(fact => groups.RootOf(fact.Person)));
        return [.. _roots.SelectMany(groups.AnchorsOf).Select(anchor => anchor.Value)];
    }

    public void Load(IReadOnlyDictionary<PersonId, Permissions> rows)
    {
        foreach (var (person, permissions) in rows)
        {
            _known[person] = permissions;
            _stored.Add(person);
        }
    }

    /// <summary>
    /// After the rows: anchors whose streams must be read, because their group has a no and they have not stored every yes.
    /// </summary>
    public List<Guid> Inexact(AnchorGroups groups)
    {
        _before = _roots.ToDictionary(root => root, root => Sum(groups, root));
        var refusing = _facts.Where(fact => !fact.Fact.Yes).Select(fact => groups.RootOf(fact.Person)).ToHashSet();
        return
        [
            .. from root in _roots
               let anchors = groups.AnchorsOf(root)
               where refusing.Contains(root) || anchors.Any(anchor => _known.GetValueOrDefault(anchor) is { EverRefused: true })
               from anchor in anchors
               where _known.GetValueOrDefault(anchor) is { Exact: false }
               select anchor.Value,
        ];
    }

    /// <summary>Loads the facts of a whole stream, up to the end of the page.</summary>
    public void LoadHistory(PersonId person, IEnumerable<PermissionFact> facts)
    {
        var stated = facts.Aggregate(Permissions.Unspecified with { Exact = true }, (sum, fact) => sum.Apply(fact));
        _known[person] = stated;
        _changed[person] = stated;
    }

    /// <summary>Folds. Returns the roots whose restrictions have changed.</summary>
    public List<PersonId> Finish(AnchorGroups groups)
    {
        foreach (var (person, fact) in _facts)
        {
            var stated = _known.GetValueOrDefault(person) ?? Permissions.Unspecified;

            // All facts of an anchor without a row are on this page, and all of them are stored.
            if (!_stored.Contains(person) || !stated.IsRepeatedBy(fact))
            {
                _known[person] = _changed[person] = stated.Apply(fact);
            }
        }

        foreach (var root in _roots)
        {
            _sums[root] = Sum(groups, root);
            KeepExactly(groups, root);
        }

        return [.. _roots.Where(root => !SameRestrictions(_before[root], _sums[root]))];
    }

    /// <summary>The sum over a root's anchors; null when it was not marked, and so cannot have changed.</summary>
    public Permissions? Of(PersonId root) => _sums.GetValueOrDefault(root);

    private Permissions Sum(AnchorGroups groups, PersonId root)
    {
        var sum = Permissions.Unspecified;
        foreach (var anchor in groups.AnchorsOf(root))
        {
            sum = _known.TryGetValue(anchor, out var stated) ? sum.With(stated) : sum;
        }

        return sum;
    }

    // Where a group has a no, every fact counts from here on. All facts of an anchor without a row are on this page. An anchor that has
    // left such a group is no longer exact: from here on its repeated yes is not written.
    private void KeepExactly(AnchorGroups groups, PersonId root)
    {
        var refused = _sums[root].EverRefused;
        foreach (var anchor in groups.AnchorsOf(root))
        {
            if (_known.TryGetValue(anchor, out var stated) && stated.Exact != refused && (!refused || _changed.ContainsKey(anchor)))
            {
                _known[anchor] = _changed[anchor] = stated with { Exact = refused };
            }
        }
    }

    private static bool SameRestrictions(Permissions one, Permissions other) =>
        RowRule.SameRestrictions(one.Restrictions, one.RestrictedAt, other.Restrictions, other.RestrictedAt);
}
