using AudienceSync.Domain.Events;
using AudienceSync.Domain.Experiments;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;

namespace AudienceSync.Domain.Exposures;

/// <summary>Why a membership changes, and when we received that.</summary>
internal readonly record struct SpellCause(string Reason, DateTimeOffset ReceivedAt)
{
    /// <summary>Whether nobody sent it: time alone did it.</summary>
    public bool IsOurs { get; init; }

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
        Advance(root, cause.ReceivedAt);
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

    /// <summary>
    /// Does to a spell what time alone does up to a moment, in the order in which it happens: its window ends, an experiment on its
    /// audience starts or ends.
    /// </summary>
    public void Advance(RowId id, DateTimeOffset upTo)
    {
        while (Of(id) is { IsOpen: true } member)
        {
            var change = snapshot.Experiments.ChangeOf(snapshot.Keys.ById(id.KeyId), member.Spell!);
            if (change <= upTo && !(member.Until <= change))
            {
                Assign(id, change.Value);
            }
            else if (member.Until <= upTo)
            {
                Expire(id);
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>The same where an experiment may have changed the spell; elsewhere its window may wait.</summary>
    public void AdvanceArm(RowId id, DateTimeOffset upTo)
    {
        if (!snapshot.Experiments.IsEmpty)
        {
            Advance(id, upTo);
        }
    }

    private void Expire(RowId id)
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
        foreach (var key in KeysOf(person).ToList())
        {
            AdvanceArm(new RowId(person, key), received);
        }

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
        var keys = WithKeysOf(anchor, former, root);
        foreach (var key in keys)
        {
            Advance(new RowId(former, key), received);
            Advance(new RowId(root, key), received);
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
        else
        {
            if (member != before)
            {
                _members[root] = member;
            }

            Reassign(member, cause);
        }
    }

    // Another person of the other arm became the oldest anchor: from now on the person is in that arm.
    private void Reassign(ExposureMember member, in SpellCause cause)
    {
        if (
            member is { IsOpen: true, Spell: { Experiment: { } name } spell }
            && ArmAt(member.Id, cause.ReceivedAt) is { } given
            && given.Experiment == name
            && given.Arm != spell.Arm
        )
        {
            Restart(member, cause);
        }
    }

    // A spell that was in no experiment goes on in its arm. One whose experiment ended stays in it for good, so that what is sent later is
    // not counted there, and another one begins.
    private void Assign(RowId id, DateTimeOffset at)
    {
        var member = Of(id);
        if (member.Spell!.Experiment is not null)
        {
            Restart(member, new SpellCause(ExposureReasons.ExperimentEnded, at) { IsOurs = true });
        }
        else if (ArmAt(id, at) is { } given)
        {
            var spell = member.Spell with { Arm = given.Arm, Experiment = given.Experiment };
            rows.Add(Assigned(spell, at, new SpellCause(ExposureReasons.ExperimentStarted, at) { IsOurs = true }));
            _spells[spell.Id] = spell;
            _members[id] = member with { Spell = spell };
        }
    }

    private void Restart(ExposureMember member, in SpellCause cause)
    {
        var at = cause.ReceivedAt;
        rows.Add(Row(ExposureKind.Ineligible, End(member, at, at, cause.Reason), at, cause));
        Begin(Of(member.Id) with { Until = member.Until }, at, cause);
    }

    private ArmAssignment? ArmAt(RowId root, DateTimeOffset at) =>
        snapshot.Experiments.IsEmpty
            ? null
            : snapshot.Experiments.ArmAt(snapshot.Keys.ById(root.KeyId), ArmRule.OldestOf(owners.AnchorsOf(root.Person)), at);

    private void Begin(ExposureMember member, DateTimeOffset from, in SpellCause cause)
    {
        var id = member.Id;
        var assigned = ArmAt(id, cause.ReceivedAt);
        var spell = new ExposureSpell(++SpellId, id.Person, id.KeyId, from, cause.ReceivedAt)
        {
            Arm = assigned?.Arm ?? ExposureArm.None,
            Experiment = assigned?.Experiment,
        };
        if (assigned is { } given && (member.Spell is not { } last || last.Experiment != given.Experiment || last.Arm != given.Arm))
        {
            rows.Add(Assigned(spell, spell.From, cause));
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

    // Those of the anchor. Where experiments ran, who is the oldest matters for every key of the other two, too.
    private List<int> WithKeysOf(PersonId anchor, PersonId former, PersonId root)
    {
        var anchors = snapshot.Experiments.IsEmpty ? [anchor] : new[] { anchor, former, root };
        return [.. anchors.SelectMany(owners.AnchorsOf).SelectMany(KeysOf).Distinct().Order()];
    }

    private IEnumerable<int> KeysOf(PersonId person) =>
        snapshot.Keys.All.Select(key => key.KeyId).Where(key => IsKnown(new RowId(person, key)));

    private bool IsKnown(RowId id) => _members.ContainsKey(id) || snapshot.Members.ContainsKey(id);

    private static ExposureRow Assigned(ExposureSpell spell, DateTimeOffset at, in SpellCause cause) =>
        spell.Arm == ExposureArm.Holdout
            ? Row(ExposureKind.Assigned, spell, at, cause) with
            {
                Reason = ExposureReasons.Holdout,
            }
            : Row(ExposureKind.Assigned, spell, at, cause);

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
            ReceivedAt = cause.IsOurs ? null : cause.ReceivedAt,
            Reason = cause.Reason,
            Source = cause.Source,
            JourneyId = cause.Context?.Journey,
            ActionId = cause.Context?.Step,
        };
}
