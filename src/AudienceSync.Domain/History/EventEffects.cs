using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.History;

/// <summary>
/// Evaluates every event of a person for one key: which of them decide that the person is in it, or not in it. What counts is a maximum of
/// each kind (<see cref="MembershipState"/>, <see cref="YesNo"/>); this class identifies the events that hold the maxima.
/// </summary>
public sealed class EventEffects
{
    private readonly PastKey _key;
    private readonly KeyNames _names = new();
    private readonly Dictionary<FactKind, (Position Position, DateTimeOffset At)> _membership = [];
    private readonly Dictionary<
        (PermissionTopic Topic, string? Destination, bool Yes),
        (Position Position, DateTimeOffset At)
    > _permission = [];
    private readonly Dictionary<(PersonId Anchor, string Type), Position> _last = [];

    private EventEffects(PastKey key) => _key = key;

    /// <param name="events">All events of all anchors of the person, in the order of the log.</param>
    /// <param name="key">The key for which they are evaluated.</param>
    public static IReadOnlyList<EvaluatedEvent> Of(IReadOnlyList<StreamEvent> events, PastKey key)
    {
        var effects = new EventEffects(key);
        foreach (var one in events)
        {
            effects.Record(one);
        }

        return [.. events.Select(effects.Evaluate)];
    }

    private void Record(StreamEvent one)
    {
        if (MembershipFact.TryRead(one.Type, one.Data, _names, out var fact))
        {
            if (_key.Includes(fact.AudienceKey))
            {
                Keep(_membership, fact.Kind, one.Position, fact.OccurredAt);
            }
        }
        else
        {
            _last[(one.Anchor, one.Type)] = one.Position;
        }

        foreach (var stated in PermissionFacts(one))
        {
            Keep(_permission, (stated.Topic, stated.Destination, stated.Yes), one.Position, stated.At);
        }
    }

    private EvaluatedEvent Evaluate(StreamEvent one)
    {
        var (permission, permissionBy) = EvaluatePermissions(one);
        if (MembershipFact.TryRead(one.Type, one.Data, _names, out var fact))
        {
            var (effect, by) = _key.Includes(fact.AudienceKey) ? EvaluateFact(one.Position, fact) : (EventEffect.OtherKey, null);
            return new EvaluatedEvent(one, effect, by, permission);
        }

        return one.Type switch
        {
            EventTypes.ExposureRecorded or EventTypes.OutcomeRecorded => new EvaluatedEvent(one, EventEffect.NoEffect, null, permission),
            EventTypes.ConsentChanged or EventTypes.Suppressed or EventTypes.SuppressionLifted or EventTypes.ErasureRequested =>
                new EvaluatedEvent(one, permission ?? EventEffect.NoEffect, permissionBy, null),
            _ when _last[(one.Anchor, one.Type)] is var last && last != one.Position => new EvaluatedEvent(
                one,
                EventEffect.Superseded,
                last,
                null
            ),
            _ => new EvaluatedEvent(one, EventEffect.Decides, null, null),
        };
    }

    private (EventEffect Effect, Position? By) EvaluateFact(Position position, MembershipFact fact)
    {
        var latest = _membership[fact.Kind];
        if (latest.Position != position)
        {
            return (EventEffect.Superseded, latest.Position);
        }

        var opposite = fact.Kind == FactKind.Added ? FactKind.Removed : FactKind.Added;
        return
            _membership.TryGetValue(opposite, out var other) && (fact.Kind == FactKind.Added ? other.At >= latest.At : other.At > latest.At)
            ? (EventEffect.Outweighed, other.Position)
            : (EventEffect.Decides, null);
    }

    // For an event that answers several questions the strongest effect counts.
    private (EventEffect? Effect, Position? By) EvaluatePermissions(StreamEvent one)
    {
        (EventEffect? Effect, Position? By) best = (null, null);
        foreach (var stated in PermissionFacts(one))
        {
            var evaluated = EvaluatePermission(one.Position, stated);
            best = best.Effect is null || evaluated.Effect < best.Effect ? evaluated : best;
        }

        return best;
    }

    private (EventEffect Effect, Position? By) EvaluatePermission(Position position, PermissionFact stated)
    {
        var latest = _permission[(stated.Topic, stated.Destination, stated.Yes)];
        if (latest.Position != position)
        {
            return (EventEffect.Superseded, latest.Position);
        }

        return
            _permission.TryGetValue((stated.Topic, stated.Destination, !stated.Yes), out var other)
            && (stated.Yes ? other.At >= latest.At : other.At > latest.At)
            ? (EventEffect.Outweighed, other.Position)
            : (EventEffect.Decides, null);
    }

    private static List<PermissionFact> PermissionFacts(StreamEvent one)
    {
        var stated = new List<PermissionFact>();
        PermissionFact.Read(one.Type, one.Data, stated);
        return stated;
    }

    // The first of several at the same time: the fold takes only a later one.
    private static void Keep<TKey>(
        Dictionary<TKey, (Position Position, DateTimeOffset At)> latest,
        TKey kind,
        Position position,
        DateTimeOffset at
    )
        where TKey : notnull
    {
        if (!latest.TryGetValue(kind, out var known) || at > known.At || (at == known.At && position < known.Position))
        {
            latest[kind] = (position, at);
        }
    }
}
