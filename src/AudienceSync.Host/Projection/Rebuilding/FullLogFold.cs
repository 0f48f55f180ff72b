using System.Runtime.InteropServices;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;
using AudienceSync.Host.Audiences;
using AudienceSync.Host.EventStore;

namespace AudienceSync.Host.Projection.Rebuilding;

/// <summary>
/// Folds the whole log at once. The rules are the Domain's and those of the live fold (<see cref="MembershipState"/>,
/// <see cref="Permissions"/>, <see cref="RowRule"/>). The difference is that all links are known from the beginning, so sums are computed
/// once, at the end.
/// </summary>
internal sealed class FullLogFold
{
    // An entry of each dictionary with its bucket; an object with everything it references.
    private const long RowBytes = 68;
    private const long PermissionBytes = 52;
    private const long WholeBytes = 400;

    // While it grows, a dictionary has its old entries and twice as many new ones.
    private const long Growth = 3;

    private readonly AudienceKeys _keys;
    private readonly int? _onlyKeyId;
    private readonly IReadOnlyDictionary<PersonId, PersonId> _links;
    private readonly AnchorGroups _groups = new();
    private readonly KeyNames _names = new();
    private readonly Dictionary<RowId, RowSlot> _rows = [];
    private readonly Dictionary<PersonId, PermissionSlot> _permissions = [];
    private readonly List<PermissionFact> _read = [];
    private PublishedKey? _key;
    private string? _keyName;
    private long _whole;

    public FullLogFold(AudienceKeys keys, int? onlyKeyId, IReadOnlyDictionary<PersonId, PersonId> links)
    {
        (_keys, _onlyKeyId, _links) = (keys, onlyKeyId, links);
        _groups.Load(links);
        _groups.Settle();
        Passes = new Passes(_groups.RootOf);
    }

    public Passes Passes { get; }

    public IReadOnlyDictionary<PersonId, PersonId> Links => _links;

    public long Applied { get; private set; }

    public long Superseded { get; private set; }

    /// <summary>Whether the next person may need more memory than this, including growth.</summary>
    public bool Outgrows(long bytes) =>
        (_rows.Count == _rows.Capacity || _permissions.Count == _permissions.Capacity || _whole * WholeBytes > bytes)
        && Need(_rows.Count, _rows.Capacity, RowBytes) + Need(_permissions.Count, _permissions.Capacity, PermissionBytes) + (_whole * WholeBytes) > bytes;

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
            ApplyMembership(Key(fact.AudienceKey), person, fact, position, counted);
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
            foreach (var key in _keys.All.Where(key => _rows.ContainsKey(new RowId(anchor, key.KeyId))))
            {
                _rows.TryAdd(new RowId(_groups.RootOf(anchor), key.KeyId), default);
            }
        }
    }

    /// <summary>The row that replaces a live one; marks it as written.</summary>
    /// <returns>The row without changed_pos, and whether the log has an event for it.</returns>
    public (MembershipRow Row, bool Founded) Take(int keyId, PersonId person, DateTimeOffset now)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrNullRef(_rows, new RowId(person, keyId));
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref slot))
        {
            return (RowOf(keyId, person, default, now), false);
        }

        slot.Written = true;
        return (RowOf(keyId, person, slot, now), true);
    }

    /// <summary>Rows that were not taken.</summary>
    public IEnumerable<MembershipRow> Rest(DateTimeOffset now) =>
        _rows.Where(row => !row.Value.Written).Select(row => RowOf(row.Key.KeyId, row.Key.Person, row.Value, now));

    /// <summary>The permissions of each anchor of this pass, exact where a person of its group ever refused.</summary>
    public IEnumerable<KeyValuePair<PersonId, Permissions>> Permissions() => _permissions.Select(slotted =>
    {
        var refused = _groups.AnchorsOf(_groups.RootOf(slotted.Key)) is { Count: > 1 } group
            ? group.Any(anchor => _permissions.TryGetValue(anchor, out var other) && other.IsWhole && other.Whole().EverRefused)
            : slotted.Value.IsWhole && slotted.Value.Whole().EverRefused;
        return KeyValuePair.Create(slotted.Key, slotted.Value.Whole() with { Exact = refused });
    });

    // Applies an event to its key and to the versions that inherit from it; it counts once.
    private void ApplyMembership(PublishedKey key, PersonId person, MembershipFact fact, long position, int counted)
    {
        if (_onlyKeyId is null || key.KeyId == _onlyKeyId)
        {
            var changed = Apply(new RowId(person, key.KeyId), fact, position);
            Applied += changed ? counted : 0;
            Superseded += changed ? 0 : counted;
        }

        foreach (var successor in _keys.SuccessorsOf(key.KeyId))
        {
            if (_onlyKeyId is null || successor.KeyId == _onlyKeyId)
            {
                Apply(new RowId(person, successor.KeyId), fact, position);
            }
        }
    }

    private bool Apply(RowId id, MembershipFact fact, long position)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, id, out _);
        var before = slot.State;
        var after = before.Apply(fact);
        if (after == before)
        {
            return false;
        }

        slot.State = after;
        slot.EventPos = position;
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

    private MembershipRow RowOf(int keyId, PersonId person, RowSlot slot, DateTimeOffset now)
    {
        var own = slot.State;
        if (_links.ContainsKey(person))
        {
            var since = own.RemovedAt > own.AddedAt ? own.RemovedAt : own.AddedAt ?? own.RemovedAt;
            return new MembershipRow(keyId, person, own, MembershipStatus.Linked, since ?? DateTimeOffset.UnixEpoch, null, slot.EventPos, 0);
        }

        var group = _groups.AnchorsOf(person);
        var (sum, restrictions, restrictedAt) = group.Count == 1 ? Alone(person, own) : Sum(keyId, group);
        return RowRule.Settle(_keys.ById(keyId), person, own, sum, restrictions, restrictedAt, now) with { EventPos = slot.EventPos };
    }

    private (MembershipState Sum, TargetingRestrictions Restrictions, string[]? RestrictedAt) Alone(PersonId person, MembershipState own)
    {
        var slotted = _permissions.GetValueOrDefault(person);
        return (own, slotted.Restrictions, slotted.IsWhole ? slotted.Whole().RestrictedAt : null);
    }

    private (MembershipState Sum, TargetingRestrictions Restrictions, string[]? RestrictedAt) Sum(int keyId, IReadOnlyList<PersonId> group)
    {
        var (sum, stated) = (MembershipState.Nothing, Domain.Permission.Permissions.Unspecified);
        foreach (var anchor in group)
        {
            sum = sum.With(_rows.GetValueOrDefault(new RowId(anchor, keyId)).State);
            stated = _permissions.TryGetValue(anchor, out var slotted) ? stated.With(slotted.Whole()) : stated;
        }

        return (sum, stated.Restrictions, stated.RestrictedAt);
    }

    private static long Need(int count, int capacity, long entryBytes) => capacity * entryBytes * (count == capacity ? Growth : 1);

    private PublishedKey Key(string name)
    {
        if (!ReferenceEquals(name, _keyName))
        {
            _key = _keys.ByName(name) ?? throw new UnknownKeyException(name);
            _keyName = name;
        }

        return _key!;
    }
}
