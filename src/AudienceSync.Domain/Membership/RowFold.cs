using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Membership;

/// <summary>One run of <see cref="PageFold.Fold"/>.</summary>
internal sealed class RowFold
{
    private readonly PageFacts _page;
    private readonly PageSnapshot _snapshot;
    private readonly DateTimeOffset _now;
    private readonly IReadOnlyDictionary<RowId, MembershipRow> _stored;
    private readonly AnchorGroups _groups;
    private readonly Func<RowId, MembershipState> _stateOf;
    private readonly HourFold _hours;

    // Anchors with a state that differs from the stored one.
    private readonly Dictionary<RowId, AnchorState> _states;

    // Rows of roots whose sum may have changed.
    private readonly HashSet<RowId> _moved;
    private readonly Dictionary<RowId, MembershipRow> _rows;
    private long _changedPos;
    private int _applied;
    private int _superseded;

    public RowFold(PageFacts page, PageSnapshot snapshot, long changedPos, DateTimeOffset now)
    {
        (_page, _snapshot, _changedPos, _now) = (page, snapshot, changedPos, now);
        (_stored, _groups, _applied) = (snapshot.Rows, snapshot.Links.Groups, page.Others);
        _states = new Dictionary<RowId, AnchorState>(page.Facts.Count);
        _moved = new HashSet<RowId>(page.Facts.Count);
        _rows = new Dictionary<RowId, MembershipRow>(page.Facts.Count);
        _stateOf = id => Own(id).State;
        _hours = new HourFold(page.Mode.Keys, snapshot.Links.Before, _stateOf);
    }

    public PageResult Run()
    {
        foreach (var successor in _page.Mode.OpenSuccessors)
        {
            TakeOver(successor);
        }

        ApplyFacts();
        MoveLinked();
        _moved.UnionWith(_page.Assigned.Where(id => !_groups.IsLinked(id.Person)));
        if (_snapshot.Permissions.Restricted.Count > 0)
        {
            _moved.UnionWith(AllRows().Where(id => _snapshot.Permissions.Restricted.Contains(id.Person)));
        }

        foreach (var id in _moved)
        {
            Settle(id);
        }

        RenumberReidentified();
        return new PageResult(
            _rows.Values,
            _page.Links,
            _snapshot.Permissions.Changed,
            [.. _hours.Changes],
            _page.Late.Values,
            _applied,
            _superseded,
            _changedPos
        );
    }

    /// <summary>
    /// Before any event is applied, a version takes over the rows of its predecessor that the page has loaded. So each row is taken over as
    /// it was at the publication, whether the sweep over the predecessor or an event reaches it first, and at any time the version is as if
    /// it had been complete from the beginning.
    /// </summary>
    private void TakeOver(PublishedKey successor)
    {
        var from = AllRows().Where(id => id.KeyId == successor.InheritsFrom).Select(id => id.Person).ToList();
        foreach (var group in from.GroupBy(_hours.RootOf).ToList())
        {
            var before = _hours.SumOf(new RowId(group.Key, successor.KeyId));
            foreach (var anchor in group)
            {
                TakeOver(new RowId(anchor, successor.InheritsFrom!.Value), new RowId(anchor, successor.KeyId));
            }

            _hours.TakeOver(successor, before, _hours.SumOf(new RowId(group.Key, successor.KeyId)));
        }
    }

    private void TakeOver(RowId from, RowId to)
    {
        var before = Own(to);
        var after = before.TakeOver(Own(from));
        if (after != before)
        {
            _states[to] = after;
            _moved.Add(RootOf(to));
        }
    }

    private void ApplyFacts()
    {
        var links = 0;
        for (var n = 0; n <= _page.Facts.Count; n++)
        {
            while (links < _page.LinkFacts.Count && _page.LinkFacts[links].After == n)
            {
                _hours.Join(_page.LinkFacts[links++]);
            }

            if (n < _page.Facts.Count)
            {
                Apply(_page.Facts[n]);
            }
        }
    }

    private void Apply(in PageFacts.KeyFact fact)
    {
        var before = Own(fact.Id);
        if (!before.TryApply(fact.Fact, fact.Position, out var after))
        {
            _superseded += fact.Counts ? 1 : 0;
            return;
        }

        _applied += fact.Counts ? 1 : 0;
        _moved.Add(RootOf(fact.Id));
        if (_hours.HasNoLinks)
        {
            _states[fact.Id] = after;
            _hours.Record(fact, before.State, after.State);
            return;
        }

        var person = _hours.RootOf(fact.Id);
        var sum = _hours.SumOf(person);
        _states[fact.Id] = after;
        _hours.Record(fact, sum, _hours.SumOf(person));
    }

    // The rows of every anchor with an owner get the status linked, and the sums of its present and former owners are computed again.
    private void MoveLinked()
    {
        if (_page.Links.Count > 0)
        {
            _moved.UnionWith(AllRows().Where(id => _snapshot.Links.EverLinked.Contains(id.Person)).Select(RootOf));
        }

        foreach (var id in _groups.IsEmpty ? [] : AllRows().Where(id => _groups.IsLinked(id.Person)))
        {
            var (stored, own) = (_stored.GetValueOrDefault(id), Own(id));
            if (stored?.Status != MembershipStatus.Linked)
            {
                var status = RowRule.OfLinked(own.State);
                _rows[id] = (status with { Since = stored?.Since ?? status.Since }).ToRow(id, own, ++_changedPos, isNew: stored is null);
            }
            else if (_states.ContainsKey(id))
            {
                _rows[id] = stored.Content.ToRow(id, own, stored.ChangedPos, isNew: false);
            }
        }
    }

    private void Settle(RowId id)
    {
        var stored = _stored.GetValueOrDefault(id);
        var permissions = _snapshot.Permissions.Sums.GetValueOrDefault(id.Person);
        var key = _page.Mode.Keys.ById(id.KeyId);
        var status = RowRule.OfPerson(
            key,
            _groups.SumOf(id, _stateOf),
            permissions?.Restrictions ?? stored?.Restrictions ?? default,
            permissions is null ? stored?.RestrictedAt : permissions.RestrictedAt,
            _now
        );
        status = RowRule.InArm(status, key, _groups, id.Person);
        var isSame = stored is not null && RowRule.SameForLanes(stored.Content, status);
        _rows[id] = status.ToRow(id, Own(id), isSame ? stored!.ChangedPos : ++_changedPos, isNew: stored is null);
    }

    private void RenumberReidentified()
    {
        if (_page.Reidentified.Count == 0)
        {
            return;
        }

        foreach (var id in AllRows().Concat(_rows.Keys).Where(id => _page.Reidentified.Contains(id.Person)).ToHashSet())
        {
            _rows[id] = (_rows.TryGetValue(id, out var row) ? row : _stored[id]) with { ChangedPos = ++_changedPos };
        }
    }

    private AnchorState Own(RowId id) =>
        _states.TryGetValue(id, out var state) ? state
        : _stored.TryGetValue(id, out var row) ? row.Own
        : default;

    private RowId RootOf(RowId id) => id with { Person = _groups.RootOf(id.Person) };

    // The rows that have a state: the stored ones, and those that the page has begun.
    private IEnumerable<RowId> AllRows() => _stored.Keys.Concat(_states.Keys.Where(id => !_stored.ContainsKey(id)));
}
