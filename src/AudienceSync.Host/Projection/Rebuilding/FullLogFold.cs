using System.Runtime.InteropServices;
using AudienceSync.Domain.Audiences;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// Folds the whole log at once, by the rules of <see cref="PageFold"/>: for which keys an event is folded (<see cref="FoldMode"/>), what it
/// changes of an anchor (<see cref="AnchorState"/>), what the anchors of a person come to (<see cref="AnchorGroups"/>), and what their row
/// states (<see cref="RowRule"/>). The difference is that all links are known from the beginning, so sums are computed once, at the end.
/// </summary>
internal sealed class FullLogFold
{
    // An entry of each dictionary with its bucket; an object with everything it references.
    private const long RowBytes = 68;
    private const long PermissionBytes = 52;
    private const long WholeBytes = 400;

    // While it grows, a dictionary has its old entries and twice as many new ones.
    private const long Growth = 3;

    private readonly RebuildMode _mode;
    private readonly IReadOnlyDictionary<PersonId, PersonId> _links;
    private readonly AnchorGroups _groups;
    private readonly KeyNames _names = new();
    private readonly Dictionary<RowId, RowSlot> _rows = [];
    private readonly Dictionary<PersonId, PermissionSlot> _permissions = [];
    private readonly List<PermissionFact> _read = [];
    private readonly Func<RowId, MembershipState> _stateOf;
    private readonly Func<PersonId, Permissions?> _permissionsOf;
    private PublishedKey? _key;
    private string? _keyName;
    private long _whole;

    public FullLogFold(RebuildMode mode, IReadOnlyDictionary<PersonId, PersonId> links)
    {
        (_mode, _links, _groups) = (mode, links, AnchorGroups.Of(links));
        _stateOf = id => _rows.GetValueOrDefault(id).Own.State;
        _permissionsOf = anchor => _permissions.TryGetValue(anchor, out var slotted) ? slotted.Whole() : null;
        Passes = new Passes(_groups.RootOf);
    }

    public Passes Passes { get; }

    public IReadOnlyDictionary<PersonId, PersonId> Links => _links;

    public long Applied { get; private set; }

    public long Superseded { get; private set; }

    /// <summary>Whether the next person may need more memory than this, including growth.</summary>
    public bool Outgrows(long bytes) =>
        (_rows.Count == _rows.Capacity || _permissions.Count == _permissions.Capacity || _whole * WholeBytes > bytes)
        && Need(_rows.Count, _rows.Capacity, RowBytes)
            + Need(_permissions.Count, _permissions.Capacity, PermissionBytes)
            + (_whole * WholeBytes)
            > bytes;

    public void Read(ScannedEvent passing)
    {
        var person = passing.Person;
        if (!Passes.IsMine(person))
        {
            return;
        }

        var (alias, position) = (EventAlias.Of(passing.Type), passing.Position);
        var counted = Passes.IsCounted(person, position) ? 0 : 1;
        _read.Clear();
        if (passing.IsBare)
        {
            var fact = MembershipFact.Of(alias, passing.AudienceKey, passing.OccurredAt, _names);
            Apply(Key(fact.AudienceKey), person, fact, position, counted);
            if (!passing.Consent.IsEmpty)
            {
                PermissionFact.ReadConsent(passing.Consent, fact.OccurredAt, _read);
            }
        }
        else
        {
            Applied += counted;
            PermissionFact.Read(alias, passing.Data.ToArray(), _read);
        }

        ApplyPermissions(person);
    }

    /// <summary>Halves what is folded in this pass, and discards the other half.</summary>
    public void Split(long position)
    {
        Passes.Split(position);
        foreach (var id in _rows.Keys.Where(id => !Passes.IsMine(id.Person)))
        {
            _rows.Remove(id);
        }

        foreach (var (person, slot) in _permissions.Where(slotted => !Passes.IsMine(slotted.Key)))
        {
            _whole -= slot.IsWhole ? 1 : 0;
            _permissions.Remove(person);
        }
    }

    /// <summary>Starts the next partition of the people.</summary>
    public bool NextPass()
    {
        _rows.Clear();
        _permissions.Clear();
        _whole = 0;
        return Passes.Next();
    }

    /// <summary>After the log: adds a row for every root where one of its anchors has one.</summary>
    public void Settle()
    {
        foreach (var anchor in _links.Keys.Where(Passes.IsMine))
        {
            foreach (var key in _mode.Keys.All.Where(key => _rows.ContainsKey(new RowId(anchor, key.KeyId))))
            {
                _rows.TryAdd(new RowId(_groups.RootOf(anchor), key.KeyId), default);
            }
        }
    }

    /// <summary>The row that replaces a live one; marks it as written.</summary>
    /// <returns>The row without changed_pos, and whether the log has an event for it.</returns>
    public (MembershipRow Row, bool Founded) Take(int keyId, PersonId person, DateTimeOffset now)
    {
        var id = new RowId(person, keyId);
        ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(_rows, id);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref slot))
        {
            return (RowOf(id, default, now), false);
        }

        slot.Written = true;
        return (RowOf(id, slot, now), true);
    }

    /// <summary>Rows that were not taken.</summary>
    public IEnumerable<MembershipRow> Rest(DateTimeOffset now) =>
        _rows.Where(row => !row.Value.Written).Select(row => RowOf(row.Key, row.Value, now));

    /// <summary>The permissions of each anchor of this pass, exact where a person of its group ever refused.</summary>
    public IEnumerable<KeyValuePair<PersonId, Permissions>> Permissions() =>
        _permissions.Select(slotted =>
        {
            var root = _groups.RootOf(slotted.Key);
            var refused = _groups.IsAlone(root)
                ? slotted.Value.IsWhole && slotted.Value.Whole().EverRefused
                : _groups.SumOf(root, _permissionsOf).EverRefused;
            return KeyValuePair.Create(slotted.Key, slotted.Value.Whole() with { Exact = refused });
        });

    // Applies an event to its key and to the versions that inherit from it; it counts once.
    private void Apply(PublishedKey key, PersonId person, MembershipFact fact, long position, int counted)
    {
        if (_mode.Scope.Includes(key.KeyId))
        {
            var changed = Apply(new RowId(person, key.KeyId), fact, position);
            Applied += changed ? counted : 0;
            Superseded += changed ? 0 : counted;
        }

        foreach (var successor in _mode.Keys.SuccessorsOf(key.KeyId))
        {
            if (_mode.IsFoldedFor(successor, new Position(position)))
            {
                Apply(new RowId(person, successor.KeyId), fact, position);
            }
        }
    }

    private bool Apply(RowId id, MembershipFact fact, long position)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, id, out _);
        if (!slot.Own.TryApply(fact, position, out var after))
        {
            return false;
        }

        slot.Own = after;
        return true;
    }

    private void ApplyPermissions(PersonId person)
    {
        foreach (var fact in _read)
        {
            ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_permissions, person, out _);
            var before = slot.IsWhole;
            slot.Apply(fact);
            _whole += slot.IsWhole != before ? 1 : 0;
        }
    }

    private MembershipRow RowOf(RowId id, RowSlot slot, DateTimeOffset now) =>
        StatusOf(id, slot, now).ToRow(id, slot.Own, changedPos: 0, isNew: false);

    private RowStatus StatusOf(RowId id, RowSlot slot, DateTimeOffset now)
    {
        if (_groups.IsLinked(id.Person))
        {
            return RowRule.OfLinked(slot.Own.State);
        }

        var key = _mode.Keys.ById(id.KeyId);
        if (_groups.IsAlone(id.Person))
        {
            var slotted = _permissions.GetValueOrDefault(id.Person);
            var restrictedAt = slotted.IsWhole ? slotted.Whole().RestrictedAt : null;
            return RowRule.InArm(RowRule.OfPerson(key, slot.Own.State, slotted.Restrictions, restrictedAt, now), key, _groups, id.Person);
        }

        var permissions = _groups.SumOf(id.Person, _permissionsOf);
        var status = RowRule.OfPerson(key, _groups.SumOf(id, _stateOf), permissions.Restrictions, permissions.RestrictedAt, now);
        return RowRule.InArm(status, key, _groups, id.Person);
    }

    private static long Need(int count, int capacity, long entryBytes) => capacity * entryBytes * (count == capacity ? Growth : 1);

    private PublishedKey Key(string name)
    {
        if (!ReferenceEquals(name, _keyName))
        {
            _key = _mode.Keys.ByName(name) ?? throw new UnknownKeyException(name);
            _keyName = name;
        }

        return _key!;
    }
}
