using AudienceSync.Domain.Events;
using AudienceSync.Domain.Identity;
using AudienceSync.Domain.Membership;
using AudienceSync.Domain.Permission;

namespace AudienceSync.Domain.History;

/// <summary>
/// Judges every event of a person by one key: which of them he is in it, or out of it, because of. What counts is a maximum of each kind
/// (<see cref="MembershipState"/>, <see cref="YesNo"/>); this names the events that hold the maxima.
/// </summary>
public sealed class Verdicts
{
    private readonly PastKey _key;
    private readonly KeyNames _names = new();
    private readonly Dictionary<FactKind, (Position Position, DateTimeOffset At)> _told = [];
    private readonly Dictionary<(PermissionTopic Topic, string? Destination, bool Yes), (Position Position, DateTimeOffset At)> _said = [];
    private readonly Dictionary<(PersonId Anchor, string Type), Position> _last = [];

    private Verdicts(PastKey key) => _key = key;

    /// <param name="events">All events of all his anchors, in the order of the log.</param>
    /// <param name="key">The key that is asked about.</param>
    public static IReadOnlyList<JudgedEvent> Of(IReadOnlyList<StreamEvent> events, PastKey key)
    {
        var verdicts = new Verdicts(key);
        foreach (var one in events)
        {
            verdicts.Note(one);
        }

        return [.. events.Select(verdicts.Judge)];
    }

    private void Note(StreamEvent one)
    {
        if (MembershipFact.TryRead(one.Type, one.Data, _names, out var fact))
        {
            if (_key.Hears(fact.AudienceKey))
            {
                Keep(_told, fact.Kind, one.Position, fact.OccurredAt);
            }
        }
        else
        {
            _last[(one.Anchor, one.Type)] = one.Position;
        }

        foreach (var word in Words(one))
        {
            Keep(_said, (word.Topic, word.Destination, word.Yes), one.Position, word.At);
        }
    }

    private JudgedEvent Judge(StreamEvent one)
    {
        var (permission, outdoneBy) = JudgePermissions(one);
        if (MembershipFact.TryRead(one.Type, one.Data, _names, out var fact))
        {
            var (verdict, by) = _key.Hears(fact.AudienceKey) ? JudgeFact(one.Position, fact) : (EventVerdict.OtherKey, null);
            return new JudgedEvent(one, verdict, by, permission);
        }

        return one.Type switch
        {
            EventTypes.ExposureRecorded => new JudgedEvent(one, EventVerdict.NoEffect, null, permission),
            EventTypes.ConsentChanged or EventTypes.Suppressed or EventTypes.SuppressionLifted or EventTypes.ErasureRequested =>
                new JudgedEvent(one, permission ?? EventVerdict.NoEffect, outdoneBy, null),
            _ when _last[(one.Anchor, one.Type)] is var last && last != one.Position => new JudgedEvent(one, EventVerdict.Superseded, last, null),
            _ => new JudgedEvent(one, EventVerdict.Decides, null, null),
        };
    }

    private (EventVerdict Verdict, Position? By) JudgeFact(Position position, MembershipFact fact)
    {
        var latest = _told[fact.Kind];
        if (latest.Position != position)
        {
            return (EventVerdict.Superseded, latest.Position);
        }

        var opposite = fact.Kind == FactKind.Added ? FactKind.Removed : FactKind.Added;
        return _told.TryGetValue(opposite, out var other) && (fact.Kind == FactKind.Added ? other.At >= latest.At : other.At > latest.At)
            ? (EventVerdict.Outweighed, other.Position)
            : (EventVerdict.Decides, null);
    }

    // Of an event that answers several questions the best verdict counts.
    private (EventVerdict? Verdict, Position? By) JudgePermissions(StreamEvent one)
    {
        (EventVerdict? Verdict, Position? By) best = (null, null);
        foreach (var word in Words(one))
        {
            var judged = JudgeWord(one.Position, word);
            best = best.Verdict is null || judged.Verdict < best.Verdict ? judged : best;
        }

        return best;
    }

    private (EventVerdict Verdict, Position? By) JudgeWord(Position position, PermissionFact word)
    {
        var latest = _said[(word.Topic, word.Destination, word.Yes)];
        if (latest.Position != position)
        {
            return (EventVerdict.Superseded, latest.Position);
        }

        return _said.TryGetValue((word.Topic, word.Destination, !word.Yes), out var other) && (word.Yes ? other.At >= latest.At : other.At > latest.At)
            ? (EventVerdict.Outweighed, other.Position)
            : (EventVerdict.Decides, null);
    }

    private static List<PermissionFact> Words(StreamEvent one)
    {
        var words = new List<PermissionFact>();
        PermissionFact.Read(one.Type, one.Data, words);
        return words;
    }

    // The first of several at one time: the fold takes only what is later.
    private static void Keep<TKey>(Dictionary<TKey, (Position Position, DateTimeOffset At)> latest, TKey kind, Position position, DateTimeOffset at)
        where TKey : notnull
    {
        if (!latest.TryGetValue(kind, out var known) || at > known.At || (at == known.At && position < known.Position))
        {
            latest[kind] = (position, at);
        }
    }
}
