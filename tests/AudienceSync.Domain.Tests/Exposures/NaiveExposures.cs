using System.Globalization;
using AudienceSync.Domain.Events;
using AudienceSync.Domain.Exposures;
using AudienceSync.Domain.Identity;

namespace AudienceSync.Domain.Tests.Exposures;

/// <summary>
/// What the exposure log must have of some events, found without a fold: after every event, the latest add and remove of a person are
/// searched for among all events so far of all anchors that belong to them by then.
/// </summary>
internal sealed class NaiveExposures(IReadOnlyDictionary<string, (int KeyId, TimeSpan? Window)> keys)
{
    private readonly List<(PersonId Anchor, string Key, bool IsAdd, DateTimeOffset At)> _facts = [];
    private readonly Dictionary<PersonId, PersonId> _owners = [];
    private readonly List<Spell> _spells = [];

    /// <summary>The rows about memberships and people, each with the person and key that it is about.</summary>
    public List<(PersonId Person, int? KeyId, string Text)> Rows { get; } = [];

    public IReadOnlyList<Spell> Spells => _spells;

    /// <summary>A spell; the times are those of the sender and those of receipt.</summary>
    public sealed record Spell(PersonId Person, string Key, DateTimeOffset From, DateTimeOffset Opened)
    {
        public DateTimeOffset? To { get; set; }

        public DateTimeOffset? Closed { get; set; }

        public string? Reason { get; set; }
    }

    public static string Text(ExposureKind kind, DateTimeOffset at, string? reason) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind} {at.UtcDateTime:O} {reason}");

    public void Apply(LogEvent logged)
    {
        var at = logged.RecordedAt;
        switch (EventJson.Read(logged.Type, logged.Data))
        {
            case AudienceExposureRecorded exposed:
                Add(RootOf(logged.Person), keys[exposed.AudienceKey.Value].KeyId, ExposureKind.Exposed, exposed.OccurredAt, null);
                break;
            case IAudienceEvent stated:
                Expire(RootOf(logged.Person), stated.AudienceKey.Value, at);
                _facts.Add((logged.Person, stated.AudienceKey.Value, stated is AudienceMemberAdded, stated.OccurredAt));
                Compare(
                    RootOf(logged.Person),
                    stated.AudienceKey.Value,
                    at,
                    stated is AudienceMemberAdded ? "journey_add" : "journey_remove"
                );
                break;
            case MessageOutcomeRecorded { Machine: false } outcome:
                var kind = outcome.Metric switch
                {
                    "clicked" => ExposureKind.MessageClicked,
                    "spammed" => ExposureKind.MessageComplained,
                    _ => ExposureKind.MessageSent,
                };
                Add(RootOf(logged.Person), null, kind, outcome.OccurredAt, null);
                break;
            case PersonSuppressed suppressed:
                Add(RootOf(logged.Person), null, ExposureKind.Suppressed, suppressed.OccurredAt, "suppression");
                break;
            case PersonLinked linked when RootOf(linked.Owner) is var root && root != RootOf(logged.Person) && root != logged.Person:
                Link(logged.Person, root, at);
                break;
            default:
                break;
        }
    }

    public void ExpireAll(DateTimeOffset now)
    {
        foreach (var spell in _spells.Where(spell => spell.Closed is null).ToList())
        {
            Expire(spell.Person, spell.Key, now);
        }
    }

    private void Link(PersonId anchor, PersonId root, DateTimeOffset at)
    {
        var former = RootOf(anchor);
        var moved = _owners.Where(link => link.Value == anchor).Select(link => link.Key).Append(anchor).ToList();
        var members = _facts.Where(fact => moved.Contains(fact.Anchor)).Select(fact => fact.Key).Distinct().ToList();
        foreach (var key in members)
        {
            Expire(former, key, at);
            Expire(root, key, at);
            if (former == anchor && Open(anchor, key) is { } own)
            {
                Close(own, ExposureKind.Ineligible, at, at, "linked");
            }
        }

        moved.ForEach(one => _owners[one] = root);
        foreach (var key in members)
        {
            if (former != anchor)
            {
                Compare(former, key, at, "linked");
            }

            Compare(root, key, at, "linked");
        }
    }

    private void Compare(PersonId root, string key, DateTimeOffset at, string reason)
    {
        var facts = _facts.Where(fact => fact.Key == key && RootOf(fact.Anchor) == root).ToList();
        var added = facts.Where(fact => fact.IsAdd).Select(fact => (DateTimeOffset?)fact.At).Max();
        var removed = facts.Where(fact => !fact.IsAdd).Select(fact => (DateTimeOffset?)fact.At).Max();
        var ends = added + keys[key].Window;
        var isPresent = added is not null && !(removed >= added) && !(ends <= at);
        var open = Open(root, key);
        if (isPresent && open is null)
        {
            _spells.Add(new Spell(root, key, added!.Value, at));
            Add(root, keys[key].KeyId, ExposureKind.Eligible, added.Value, reason);
        }
        else if (!isPresent && open is not null)
        {
            var to =
                reason == "linked" ? at
                : removed >= added ? removed!.Value
                : ends!.Value;
            Close(open, ExposureKind.Ineligible, to, at, reason);
        }
    }

    private void Expire(PersonId root, string key, DateTimeOffset at)
    {
        var added = _facts
            .Where(fact => fact.Key == key && fact.IsAdd && RootOf(fact.Anchor) == root)
            .Select(fact => (DateTimeOffset?)fact.At)
            .Max();
        if (Open(root, key) is { } open && added + keys[key].Window is { } ends && ends <= at)
        {
            Close(open, ExposureKind.Expired, ends, ends, "window_end");
        }
    }

    private void Close(Spell spell, ExposureKind kind, DateTimeOffset to, DateTimeOffset closed, string reason)
    {
        (spell.To, spell.Closed, spell.Reason) = (to, closed, reason);
        Add(spell.Person, keys[spell.Key].KeyId, kind, to, reason);
    }

    private Spell? Open(PersonId root, string key) =>
        _spells.Find(spell => spell.Person == root && spell.Key == key && spell.Closed is null);

    private void Add(PersonId person, int? key, ExposureKind kind, DateTimeOffset at, string? reason) =>
        Rows.Add((person, key, Text(kind, at, reason)));

    private PersonId RootOf(PersonId anchor) => _owners.GetValueOrDefault(anchor, anchor);
}
