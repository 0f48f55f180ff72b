using System.Runtime.InteropServices;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.History;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Projection;

/// <summary>
/// Folds one page of the log over the rows it touches, by the Domain's rule. No I/O and no clock: its inputs are passed in, so the live
/// projector, an expiry sweep and a rebuild use the same code.
/// <para>
/// Each anchor has the state from its own events in its own row. The status of a person follows from all of the person's anchors and is
/// stored in the row of the root, so a new or changed link only moves rows from one sum to another (docs/decisions/0009).
/// </para>
/// </summary>
/// <param name="keys">The published keys.</param>
/// <param name="onlyKeyId">The only key whose rows are folded; consent in events of other keys still counts. Null for every key.</param>
/// <remarks>
/// A row gets a new changed_pos only when lanes must process it again: its status changed, or the person's identifiers did.
/// </remarks>
public sealed class MembershipFold(AudienceKeys keys, int? onlyKeyId = null)
{
    private readonly KeyNames _names = new();
    private readonly Dictionary<(int KeyId, PersonId Person), MembershipRow> _rows = [];
    private readonly HashSet<(int KeyId, PersonId Person)> _touched = [];
    private readonly HashSet<(int KeyId, PersonId Person)> _before = [];
    private readonly List<(PublishedKey Key, PersonId Person, MembershipFact Fact, long Position, bool Counts)> _facts = [];
    private readonly AnchorGroups _groups = new();
    private readonly Dictionary<PersonId, PersonId> _links = [];
    private readonly HashSet<PersonId> _everLinked = [];
    private readonly List<(int KeyId, PersonId Person, PermissionFact Fact)> _permissionFacts = [];
    private readonly List<PermissionFact> _read = [];
    private readonly PermissionFold _permissions = new();
    private readonly HourFold _hours = new(keys);
    private OpenSuccessorRows? _open;
    private List<PersonId> _restricted = [];

    private OpenSuccessorRows Successors => _open ??= new OpenSuccessorRows(_rows);

    /// <summary>Versions that have not yet taken over all rows of their predecessors; see <see cref="OpenSuccessorRows"/>.</summary>
    public IReadOnlyList<PublishedKey> OpenSuccessors
    {
        get => Successors.Open;
        set => Successors.Open = value;
    }

    /// <summary>Whether a successor folds only the events after its publication, because it takes over the rest.</summary>
    public bool SuccessorsTakeOver { get; init; }

    /// <summary>Events of draining versions.</summary>
    public LateFold Late { get; } = new();

    public List<int> KeyIds { get; } = [];

    public List<Guid> People { get; } = [];

    /// <summary>People whose identifiers changed on this page: all of their rows must be passed to <see cref="Load"/>.</summary>
    public List<Guid> Reidentified { get; } = [];

    /// <summary>The links that this page sets; the last one for each person.</summary>
    public IReadOnlyDictionary<PersonId, PersonId> Links => _links;

    /// <summary>Permissions to store.</summary>
    public IReadOnlyDictionary<PersonId, Permissions> Permissions => _permissions.Changed;

    /// <summary>What the page adds to the hourly counts, after <see cref="Finish"/>.</summary>
    public IEnumerable<(int KeyId, DateTimeOffset Hour, HourChange Change)> Hours => _hours.Changes;

    public int Applied { get; private set; }

    public int Superseded { get; private set; }

    public IReadOnlyCollection<MembershipRow> Changed => [.. _touched.Select(id => _rows[id])];

    /// <summary>Reads the page and collects which rows it needs.</summary>
    public void Begin(IReadOnlyList<LogEvent> events)
    {
        _rows.Clear();
        _touched.Clear();
        _before.Clear();
        _facts.Clear();
        _groups.Clear();
        _links.Clear();
        _everLinked.Clear();
        _permissionFacts.Clear();
        _permissions.Clear();
        _hours.Clear();
        Late.Clear();
        _restricted = [];
        KeyIds.Clear();
        People.Clear();
        Reidentified.Clear();
        (Applied, Superseded) = (0, 0);
        foreach (var logged in events)
        {
            Note(logged);
        }
    }

    /// <summary>Instead of a page: rows to take over. All open successors' rows are loaded: what one takes over, its own takes over too.</summary>
    public void BeginInheritance(IReadOnlyList<MembershipRow> rows)
    {
        Begin([]);
        foreach (var row in rows)
        {
            KeyIds.AddRange([row.KeyId, .. OpenSuccessors.Select(successor => successor.KeyId)]);
            People.AddRange(Enumerable.Repeat(row.Person.Value, OpenSuccessors.Count + 1));
        }
    }

    /// <summary>Everyone on the page, with the owners it names.</summary>
    public List<Guid> Everybody() =>
        [.. People.Concat(Reidentified).Concat(_links.SelectMany(link => new[] { link.Key.Value, link.Value.Value }))
            .Concat(_permissionFacts.Where(fact => fact.KeyId == 0 || onlyKeyId is not null).Select(fact => fact.Person.Value)).Distinct()];

    /// <summary>Loads the links from before the page. Returns the anchors whose rows must all be passed to <see cref="Load"/>.</summary>
    public List<Guid> LoadGroups(IReadOnlyDictionary<PersonId, PersonId> links)
    {
        _groups.Load(links);
        _hours.Load(links);
        _everLinked.UnionWith(_groups.Linked());
        _groups.Load(_links);
        _groups.Settle();
        _everLinked.UnionWith(_groups.Linked());
        return [.. _everLinked.Select(person => person.Value).Concat(Reidentified).Distinct()];
    }

    /// <summary>Loads the stored rows.</summary>
    public void Load(IReadOnlyList<MembershipRow> rows)
    {
        foreach (var row in rows)
        {
            _rows[(row.KeyId, row.Person)] = row;
            _before.Add((row.KeyId, row.Person));
        }
    }

    /// <summary>After the rows: the anchors whose permissions must be passed to <see cref="LoadPermissions"/>.</summary>
    public List<Guid> PermissionsWanted()
    {
        foreach (var (keyId, person, fact) in _permissionFacts)
        {
            if (!IsRepeated(keyId, person, fact))
            {
                _permissions.Note(person, fact);
            }
        }

        var inherited = Successors.RowsOfPredecessors().Select(row => (row.Successor.KeyId, row.RowsOfPredecessors.Person));
        foreach (var (keyId, person) in _facts.Select(fact => (fact.Key.KeyId, fact.Person)).Concat(inherited))
        {
            var root = _groups.RootOf(person);
            if (!_before.Contains((keyId, root)))
            {
                _permissions.Want(root);
            }
        }

        if (_links.Count > 0)
        {
            foreach (var anchor in _everLinked)
            {
                _permissions.Want(_groups.RootOf(anchor));
            }
        }

        return _permissions.Wanted(_groups);
    }

    /// <summary>Loads the permissions. Returns the anchors whose whole streams must be passed to <see cref="LoadHistory"/>.</summary>
    public List<Guid> LoadPermissions(IReadOnlyDictionary<PersonId, Permissions> rows)
    {
        _permissions.Load(rows);
        return _permissions.Inexact(_groups);
    }

    public void LoadHistory(PersonId person, IEnumerable<PermissionFact> facts) => _permissions.LoadHistory(person, facts);

    /// <summary>Folds permissions. Returns the anchors whose rows must all be passed to <see cref="Load"/>.</summary>
    public List<Guid> FinishPermissions()
    {
        _restricted = _permissions.Finish(_groups);
        return [.. _restricted.SelectMany(_groups.AnchorsOf).Select(anchor => anchor.Value)];
    }

    /// <summary>Folds, and assigns numbers to changed rows. Returns the last number assigned.</summary>
    public long Finish(long changedPos, DateTimeOffset now)
    {
        _hours.Finish(_rows, OpenSuccessors);
        var moved = new HashSet<(int KeyId, PersonId Person)>();
        TakeOver(moved);
        foreach (var (key, person, fact, position, counts) in _facts)
        {
            if (Apply(key, person, fact, position, counts))
            {
                moved.Add((key.KeyId, _groups.RootOf(person)));
            }
        }

        changedPos = MoveLinked(moved, changedPos);
        var restricted = _restricted.ToHashSet();
        moved.UnionWith(_rows.Keys.Where(id => restricted.Contains(id.Person)));
        foreach (var (keyId, root) in moved)
        {
            changedPos = Settle(keyId, root, changedPos, now);
        }

        var reidentified = Reidentified.ToHashSet();
        foreach (var row in _rows.Values.Where(row => reidentified.Contains(row.Person.Value)).ToList())
        {
            Put(row with { ChangedPos = ++changedPos });
        }

        return changedPos;
    }

    /// <summary>Marks rows whose window has passed as expired.</summary>
    public long Expire(IReadOnlyList<MembershipRow> rows, long changedPos)
    {
        Begin([]);
        foreach (var row in rows)
        {
            Put(row with { Status = MembershipStatus.Expired, Since = row.Until!.Value, ChangedPos = ++changedPos });
        }

        return changedPos;
    }

    private void Note(LogEvent logged)
    {
        if (MembershipFact.TryRead(logged.Type, logged.Data, _names, out var fact))
        {
            var key = keys.ByName(fact.AudienceKey)
                ?? throw new UnknownKeyException(fact.AudienceKey);
            Record(key, logged, fact, counts: true);
            ApplyToSuccessors(key, logged, fact);
            Late.Note(key.KeyId, logged);
            ReadPermissions(logged, key.KeyId, fact.OccurredAt);
            return;
        }

        Applied++;
        ReadPermissions(logged, keyId: 0, default);
        if (ReferenceEquals(logged.Type, EventTypes.IdentifiersChanged))
        {
            Reidentified.Add(logged.Person.Value);
        }
        else if (ReferenceEquals(logged.Type, EventTypes.Linked))
        {
            _links[logged.Person] = ((PersonLinked)EventJson.Read(logged.Type, logged.Data)).Owner;
            _hours.Link(logged, _links[logged.Person]);
        }
    }

    private void Record(PublishedKey key, LogEvent logged, MembershipFact fact, bool counts)
    {
        if (onlyKeyId is not null && key.KeyId != onlyKeyId)
        {
            return;
        }

        _facts.Add((key, logged.Person, fact, logged.Position.Value, counts));
        _hours.Record(logged, key, fact);
        KeyIds.Add(key.KeyId);
        People.Add(logged.Person.Value);
        foreach (var successor in OpenSuccessors)
        {
            if (successor.KeyId == key.KeyId)
            {
                KeyIds.Add(successor.InheritsFrom!.Value);
                People.Add(logged.Person.Value);
            }
        }
    }

    private void ApplyToSuccessors(PublishedKey key, LogEvent logged, MembershipFact fact)
    {
        foreach (var successor in keys.SuccessorsOf(key.KeyId))
        {
            if (!SuccessorsTakeOver || successor.PublishedPos is not { } published || logged.Position > published)
            {
                Record(successor, logged, fact, counts: false);
            }
        }
    }

    private void TakeOver(HashSet<(int KeyId, PersonId Person)> moved)
    {
        foreach (var row in OpenSuccessors.SelectMany(Successors.TakeOver))
        {
            Put(row);
            moved.Add((row.KeyId, _groups.RootOf(row.Person)));
        }
    }

    private void ReadPermissions(LogEvent logged, int keyId, DateTimeOffset at)
    {
        _read.Clear();
        if (keyId != 0)
        {
            PermissionFact.Read(logged.Type, logged.Data, at, _read);
        }
        else
        {
            PermissionFact.Read(logged.Type, logged.Data, _read);
        }

        foreach (var fact in _read)
        {
            _permissionFacts.Add((keyId, logged.Person, fact));
        }
    }

    // A repeated yes of a person without links, whose row already has the grant, and who never refused. For a person whose links this page
    // changes, the row may still contain a yes of an anchor that now belongs to another person.
    private bool IsRepeated(int keyId, PersonId person, PermissionFact fact)
    {
        var granted = fact switch
        {
            { Yes: true, Topic: PermissionTopic.UserData } => TargetingRestrictions.UserDataGranted,
            { Yes: true, Topic: PermissionTopic.Personalization } => TargetingRestrictions.PersonalizationGranted,
            _ => TargetingRestrictions.None,
        };
        return granted != TargetingRestrictions.None
            && !_everLinked.Contains(person)
            && _rows.TryGetValue((keyId, person), out var row)
            && (row.Restrictions & (granted | TargetingRestrictions.EverRefused)) == granted;
    }

    // Applies an event to the anchor's own state. False when a later event of its kind is already folded.
    private bool Apply(PublishedKey key, PersonId person, MembershipFact fact, long position, bool counts)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, (key.KeyId, person), out var exists);
        var before = exists ? slot!.State : MembershipState.Nothing;
        var after = before.Apply(fact);
        if (after == before)
        {
            Superseded += counts ? 1 : 0;
            return false;
        }

        Applied += counts ? 1 : 0;
        slot = exists
            ? slot! with { State = after, EventPos = position }
            : new MembershipRow(key.KeyId, person, after, default, fact.OccurredAt, null, position, 0) { IsNew = true };
        _touched.Add((key.KeyId, person));
        return true;
    }

    // The rows of every anchor with an owner get the status linked, and the sums of its present and former owners are recomputed.
    private long MoveLinked(HashSet<(int KeyId, PersonId Person)> moved, long changedPos)
    {
        if (_links.Count > 0)
        {
            moved.UnionWith(_rows.Keys.Where(id => _everLinked.Contains(id.Person)).Select(id => (id.KeyId, _groups.RootOf(id.Person))).ToList());
        }

        foreach (var row in _rows.Values.Where(row => row.Status != MembershipStatus.Linked && _groups.RootOf(row.Person) != row.Person).ToList())
        {
            Put(row with { Status = MembershipStatus.Linked, Until = null, Restrictions = TargetingRestrictions.None, RestrictedAt = null, ChangedPos = ++changedPos });
        }

        return changedPos;
    }

    private long Settle(int keyId, PersonId root, long changedPos, DateTimeOffset now)
    {
        var key = keys.ById(keyId);
        var sum = MembershipState.Nothing;
        foreach (var anchor in _groups.AnchorsOf(root))
        {
            sum = _rows.TryGetValue((keyId, anchor), out var stored) ? sum.With(stored.State) : sum;
        }

        var known = _rows.GetValueOrDefault((keyId, root));
        var permissions = _permissions.Of(root);
        var restrictions = permissions?.Restrictions ?? known?.Restrictions ?? TargetingRestrictions.None;
        var restrictedAt = permissions is null ? known?.RestrictedAt : permissions.RestrictedAt;
        var row = RowRule.Settle(key, root, known?.State ?? MembershipState.Nothing, sum, restrictions, restrictedAt, now) with
        {
            EventPos = known?.EventPos ?? 0,
            IsNew = known?.IsNew ?? true,
        };
        var changed = known is null || !RowRule.SameForLanes(known, row) || !_before.Contains((keyId, root));
        Put(row with { ChangedPos = changed ? ++changedPos : known!.ChangedPos });
        return changedPos;
    }

    private void Put(MembershipRow row)
    {
        _rows[(row.KeyId, row.Person)] = row;
        _touched.Add((row.KeyId, row.Person));
    }
}
