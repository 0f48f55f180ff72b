using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Exposures;

/// <summary>Why a membership changes, and when we received that.</summary>
internal readonly record struct SpellCause(string Reason, DateTimeOffset ReceivedAt)
{
    public string? Source { get; init; }

    public JourneyContext? Context { get; init; }
}

/// <summary>
/// Begins and ends the spells of people as their memberships change. Each anchor keeps the state from its own events, because it may be
/// linked to somebody else later; a spell follows from the sum over all anchors of a person, and is kept with their root.
/// <para>
/// Windows are evaluated at the time of receipt of each event and never at the time of the fold: a window that had passed when the next
/// event of the person and key arrived has ended before it, whenever the fold gets there.
/// </para>
/// </summary>
internal sealed class SpellFold(ExposureSnapshot snapshot, AnchorOwners owners, List<ExposureRow> rows)
{
    private readonly Dictionary<RowId, ExposureMember> _members = [];
    private readonly Dictionary<long, ExposureSpell> _spells = [];

    public IReadOnlyCollection<ExposureMember> Members => _members.Values;

    public IReadOnlyCollection<ExposureSpell> Spells => _spells.Values;

    public long SpellId { get; private set; } = snapshot.SpellId;

    public ExposureMember Of(RowId id) =>
        _members.TryGetValue(id, out var changed) ? changed
        : snapshot.Members.TryGetValue(id, out var known) ? known
        : ExposureMember.New(id);

    /// <summary>Applies a fact of an anchor.</summary>
    public void Apply(RowId id, MembershipFact fact, in SpellCause cause)
    {
        var root = id with { Person = owners.RootOf(id.Person) };
        ExpireBefore(root, cause.ReceivedAt);
        var member = Of(id);
        var state = member.State.Apply(fact);
        if (state != member.State)
        {
            _members[id] = member with { State = state };
            Settle(root, cause);
        }
    }

    /// <summary>Lets a version take over what another one knows of all anchors of a person.</summary>
    public void TakeOver(PersonId root, int fromKey, int keyId, in SpellCause cause)
    {
        foreach (var anchor in owners.AnchorsOf(root))
        {
            var (member, former) = (Of(new RowId(anchor, keyId)), Of(new RowId(anchor, fromKey)));
            var state = member.State.With(former.State);
            if (state != member.State)
            {
                _members[member.Id] = member with { State = state };
            }
        }

        Settle(new RowId(root, keyId), cause);
    }

    public void Expire(RowId id)
    {
        if (Of(id) is { IsOpen: true, Until: { } until } open)
        {
            var spell = End(open, until, until, ExposureReasons.WindowEnd);
            rows.Add(Row(ExposureKind.Expired, spell, until) with { Reason = ExposureReasons.WindowEnd });
        }
    }

    /// <summary>Ends the spells of an erased person without a row for each.</summary>
    public void Erase(PersonId person, DateTimeOffset at, DateTimeOffset received)
    {
        foreach (var member in KeysOf(person).Select(key => Of(new RowId(person, key))).Where(member => member.IsOpen).ToList())
        {
            End(member, at, received, ExposureReasons.Erasure);
        }
    }

    /// <summary>
    /// What is known of an anchor counts for another person from now on. Its own spells end, or the person would be counted twice.
    /// </summary>
    public void Link(PersonId anchor, PersonId root, DateTimeOffset received)
    {
        var former = owners.RootOf(anchor);
        var keys = owners.AnchorsOf(anchor).SelectMany(KeysOf).Distinct().Order().ToList();
        foreach (var key in keys)
        {
            ExpireBefore(new RowId(former, key), received);
            ExpireBefore(new RowId(root, key), received);
        }

        owners.Link(anchor, root);
        var cause = new SpellCause(ExposureReasons.Linked, received);
        foreach (var key in keys)
        {
            if (former != anchor)
            {
                Settle(new RowId(former, key), cause);
            }
            else if (Of(new RowId(anchor, key)) is { IsOpen: true } own)
            {
                rows.Add(Row(ExposureKind.Ineligible, End(own, received, received, cause.Reason), received, cause));
            }

            Settle(new RowId(root, key), cause);
        }
    }

    // Compares what the anchors of a person sum up to with the spell of their root, and begins or ends it.
    private void Settle(RowId root, in SpellCause cause)
    {
        var window = snapshot.Keys.ById(root.KeyId).Window;
        var sum = owners
            .AnchorsOf(root.Person)
            .Aggregate(MembershipState.Nothing, (state, anchor) => state.With(Of(root with { Person = anchor }).State));
        var isPresent = sum.StatusAt(window, cause.ReceivedAt) == MembershipStatus.Present;
        var before = Of(root);
        var member = before with { Until = isPresent ? sum.Until(window) : null };
        if (isPresent && !member.IsOpen)
        {
            Begin(member, sum.AddedAt!.Value, cause);
        }
        else if (!isPresent && member.IsOpen)
        {
            var to = cause.Reason == ExposureReasons.Linked ? cause.ReceivedAt : sum.Since(window, cause.ReceivedAt);
            rows.Add(Row(ExposureKind.Ineligible, End(member, to, cause.ReceivedAt, cause.Reason), to, cause));
        }
        else if (member != before)
        {
            _members[root] = member;
        }
    }

    private void Begin(ExposureMember member, DateTimeOffset from, in SpellCause cause)
    {
        var id = member.Id;
        var assigned = snapshot.ArmOf(id.KeyId, id.Person, cause.ReceivedAt);
        var spell = new ExposureSpell(++SpellId, id.Person, id.KeyId, from, cause.ReceivedAt)
        {
            Arm = assigned?.Arm ?? ExposureArm.None,
            Experiment = assigned?.Experiment,
        };
        if (assigned is { } given && member.Spell?.Experiment != given.Experiment)
        {
            rows.Add(Row(ExposureKind.Assigned, spell, spell.From, cause));
        }

        rows.Add(Row(ExposureKind.Eligible, spell, spell.From, cause));
        _spells[spell.Id] = spell;
        _members[id] = member with { Spell = spell };
    }

    private ExposureSpell End(ExposureMember member, DateTimeOffset to, DateTimeOffset closed, string reason)
    {
        var spell = member.Spell! with { To = to, ClosedAt = closed, EndReason = reason };
        _spells[spell.Id] = spell;
        _members[member.Id] = member with { Spell = spell, Until = null };
        return spell;
    }

    private void ExpireBefore(RowId id, DateTimeOffset received)
    {
        if (Of(id) is { IsOpen: true, Until: { } until } && until <= received)
        {
            Expire(id);
        }
    }

    private IEnumerable<int> KeysOf(PersonId person) =>
        snapshot.Keys.All.Select(key => key.KeyId).Where(key => IsKnown(new RowId(person, key)));

    private bool IsKnown(RowId id) => _members.ContainsKey(id) || snapshot.Members.ContainsKey(id);

    private static ExposureRow Row(ExposureKind kind, ExposureSpell spell, DateTimeOffset at) =>
        new(kind, spell.Person, at)
        {
            KeyId = spell.KeyId,
            Arm = spell.Arm,
            Experiment = spell.Experiment,
        };

    private static ExposureRow Row(ExposureKind kind, ExposureSpell spell, DateTimeOffset at, in SpellCause cause) =>
        Row(kind, spell, at) with
        {
            ReceivedAt = cause.ReceivedAt,
            Reason = cause.Reason,
            Source = cause.Source,
            JourneyId = cause.Context?.Journey,
            ActionId = cause.Context?.Step,
        };
}
